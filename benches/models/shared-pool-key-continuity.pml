/* One key for all couriers and one for each clerk, under `continuity`, written from the description of the trust model and
   the story alone: an independent reading of its semantics. Alice hands `read` to the couriers and `pay` to the clerks. Two
   replicas of each pool continue with a step that names them, signed by their key, and sign each request. Mallory reads
   what arrives at the ledger, resends and alters it, and comes to know one key. One execution of each flow; a replica asks
   once.

   -DCUSTODY, -DTHEFT_CONTAINED, -DACCOUNTABLE or -DMULTIPLICITY chooses the property; -DSTEAL_KEY is the key of the first
   clerk, -DSTEAL_POOL_KEY that of the couriers. -DMOST=n allows at most n moves; -DFORGETFUL is K3: the same without the
   guards `single-use` and `within-effects`. */

/* Instances: two couriers, two clerks. A pool has the number of the flow that goes to it, and of what that flow may do. */
#define POOL(instance) (instance / 2)
#define LIST 2          /* what Mallory may create */
/* Keys: the number of the first instance that has it. */
#define KEY(instance) (instance < 2 -> 0 : instance)
#define COURIERS 0
#define CLERK 2
#define MALLORY 4
#ifdef STEAL_POOL_KEY
#define TARGET COURIERS
#else
#define TARGET CLERK
#endif

bool handed[2];         /* Alice has started the flow and handed over */
bool offer_known[2];    /* Mallory knows the hand-off */
bool took[4];           /* a replica has continued it */
bool asked[4];          /* its request, with a nonce of its own */
bool request_known[4];  /* Mallory knows the request, and with it the step below which it was asked */
bool used[4];           /* nonces that were accepted */
bool stolen;            /* Mallory knows the key */
bool fed[4];            /* a replica has continued a hand-off of Mallory's own root */
bool asked_own[4];
byte effects[2];        /* accepted below Alice's hand-off; each says one */
bool broken;
#ifdef MOST
byte moves;
#define MOVE (moves < MOST && !broken)
#define DONE moves = moves + 1
#else
#define MOVE (!broken)
#define DONE skip
#endif

#define HAS(key) (key == MALLORY || (stolen && key == TARGET))

/* The guards, for a presentation below Alice's hand-off `flow`. The step names `instance` and was signed by `step_key`; the
   request was signed by `presenter`, and said `signed_op`. */
#ifdef FORGETFUL
#define REMEMBERED(flow, nonce) true
#else
#define REMEMBERED(flow, nonce) (!(nonce < 4 && used[nonce % 4]) && effects[flow] < 1)
#endif
#define ACCEPTS(flow, instance, step_key, presenter, op, signed_op, nonce) \
  (POOL(instance) == flow && step_key == KEY(instance) && presenter == KEY(instance) && op == flow && signed_op == op \
   && REMEMBERED(flow, nonce))

/* A stolen key excuses if it is one instance's, which holds the step; it was controlled, since Mallory signs with it. */
#define EXCUSED(instance, key) (key != COURIERS && key != MALLORY && key == KEY(instance))

/* Judged where the presenter is the replica that the step names, or Mallory with `key`, or where she delivers what a
   replica has signed: that is a theft where the declared effect was had before. */
#ifdef CUSTODY
#define JUDGE_HONEST(flow, instance) broken = !(POOL(instance) == flow)
#define JUDGE_MALLORY(flow, instance, key) broken = !(POOL(instance) == flow && EXCUSED(instance, key))
#define JUDGE_RESENT(flow, instance) JUDGE_HONEST(flow, instance)
#endif
#ifdef THEFT_CONTAINED
#define JUDGE_HONEST(flow, instance) skip
#define JUDGE_MALLORY(flow, instance, key) broken = !EXCUSED(instance, key)
#define JUDGE_RESENT(flow, instance) broken = (effects[flow] >= 1)
#endif
#ifdef ACCOUNTABLE
#define JUDGE_HONEST(flow, instance) skip
#define JUDGE_MALLORY(flow, instance, key) broken = (key != MALLORY)
#define JUDGE_RESENT(flow, instance) skip
#endif
#ifdef MULTIPLICITY
#define JUDGE_HONEST(flow, instance) broken = (effects[flow] >= 1)
#define JUDGE_MALLORY(flow, instance, key) broken = (effects[flow] >= 1)
#define JUDGE_RESENT(flow, instance) broken = (effects[flow] >= 1)
#endif
/* Below her own root only the actor is asked about. */
#ifdef ACCOUNTABLE
#define JUDGE_OWN(key) broken = (key != MALLORY)
#else
#define JUDGE_OWN(key) skip
#endif
#define COUNT(flow, nonce) if :: nonce < 4 -> used[nonce % 4] = 1 :: else fi; \
  effects[flow] = (effects[flow] < 2 -> effects[flow] + 1 : 2); DONE

#define FLOW(f) \
  :: d_step { MOVE && !handed[f] -> handed[f] = 1; DONE } \
  CONTINUED(f, 0) CONTINUED(f, 1) CONTINUED(f, 2) CONTINUED(f, 3)

/* Mallory continues a hand-off that she knows, in the name of `i`. */
#define CONTINUED(f, i) CONTINUED_BY(f, i, TARGET) CONTINUED_BY(f, i, MALLORY)
#define CONTINUED_BY(f, i, key) \
  :: d_step { MOVE && offer_known[f] && HAS(key) && ACCEPTS(f, i, key, key, f, f, 9) -> \
              JUDGE_MALLORY(f, i, key); COUNT(f, 9) }

#define REPLICA(i) \
  :: d_step { MOVE && handed[POOL(i)] && !took[i] -> took[i] = 1; DONE } \
  :: d_step { MOVE && took[i] && !asked[i] -> asked[i] = 1; DONE } \
  :: d_step { MOVE && asked[i] && !request_known[i] -> \
              request_known[i] = 1; offer_known[POOL(i)] = 1; DONE }       /* read where it arrives */ \
  :: d_step { MOVE && asked[i] && ACCEPTS(POOL(i), i, KEY(i), KEY(i), POOL(i), POOL(i), i) -> \
              JUDGE_HONEST(POOL(i), i); COUNT(POOL(i), i) } \
  RESENT(i, 0) RESENT(i, 1) RESENT(i, LIST) \
  COPIED(i, TARGET) COPIED(i, MALLORY) \
  :: d_step { MOVE && !fed[i] -> fed[i] = 1; DONE }                        /* Mallory hands over what she may */ \
  :: d_step { MOVE && fed[i] && !asked_own[i] -> asked_own[i] = 1; DONE }  /* to be accepted breaks nothing */

/* A request that Mallory knows, once more or for something else. */
#define RESENT(i, op) \
  :: d_step { MOVE && request_known[i] && ACCEPTS(POOL(i), i, KEY(i), KEY(i), op, POOL(i), i) -> \
              JUDGE_RESENT(POOL(i), i); COUNT(POOL(i), i) }

/* A step that Mallory knows, presented with a key of hers and a nonce of her own. */
#define COPIED(i, key) \
  :: d_step { MOVE && request_known[i] && HAS(key) && ACCEPTS(POOL(i), i, KEY(i), key, POOL(i), POOL(i), 9) -> \
              JUDGE_MALLORY(POOL(i), i, key); COUNT(POOL(i), 9) }

/* What Mallory may create, asked for with a key of hers. */
#define OWN(key) \
  :: d_step { MOVE && HAS(key) -> JUDGE_OWN(key); DONE }

active proctype world() {
  do
  FLOW(0)
  FLOW(1)
  REPLICA(0)
  REPLICA(1)
  REPLICA(2)
  REPLICA(3)
  :: d_step { MOVE && !stolen -> stolen = 1; DONE }
  OWN(TARGET)
  OWN(MALLORY)
  :: broken -> assert(false)
  od
}
