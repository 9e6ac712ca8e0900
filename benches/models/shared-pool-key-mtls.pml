/* One key for all couriers and one for each clerk, under tokens bound to the client's certificate (RFC 8705), written from
   the description of the trust model, the story and the RFC alone: an independent reading of their semantics. Alice's
   hand-off is a code of her consent, which the issuer redeems once (RFC 6749, section 4.1.2). The token says what may be
   done and which key has to be on the connection; a connection carries its request once. Mallory reads what arrives at the
   ledger, and comes to know one key. One execution of each flow; a replica asks once.

   -DCUSTODY, -DTHEFT_CONTAINED, -DACCOUNTABLE or -DMULTIPLICITY chooses the property; -DSTEAL_KEY is the key of the first
   clerk, -DSTEAL_POOL_KEY that of the couriers. -DMOST=n allows at most n moves. */

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

bool handed[2];         /* Alice has started the flow and handed over the code */
bool redeemed[2];       /* the code is used up */
bool has_token[4];      /* the replica has redeemed the code, for a token bound to its key */
bool asked[4];
bool token_known[4];    /* Mallory knows that token */
bool used[4];           /* the connection has carried the request */
bool stolen;            /* Mallory knows the key */
bool fed[4];            /* a replica has redeemed a code of Mallory's */
bool asked_own[4];
byte effects[2];        /* accepted below Alice's consent; she meant one each */
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

/* What the ledger asks: the token of `instance`, over a connection by `presenter`. */
#define ACCEPTS(instance, presenter, op) (presenter == KEY(instance) && op == POOL(instance))

/* A stolen key excuses if it is one instance's, to which the token was issued. */
#define EXCUSED(instance, key) (key != COURIERS && key != MALLORY && key == KEY(instance))

/* Judged where the presenter is the replica that redeemed the token, or Mallory with `key`. */
#ifdef CUSTODY
#define JUDGE_HONEST(instance) skip                                        /* only the pool that is meant gets the code */
#define JUDGE_MALLORY(instance, key) broken = !EXCUSED(instance, key)
#endif
#ifdef THEFT_CONTAINED
#define JUDGE_HONEST(instance) skip
#define JUDGE_MALLORY(instance, key) broken = !EXCUSED(instance, key)
#endif
#ifdef ACCOUNTABLE
#define JUDGE_HONEST(instance) skip
#define JUDGE_MALLORY(instance, key) broken = (key != MALLORY)
#endif
#ifdef MULTIPLICITY
#define JUDGE_HONEST(instance) broken = (effects[POOL(instance)] >= 1)
#define JUDGE_MALLORY(instance, key) broken = (effects[POOL(instance)] >= 1)
#endif
/* Below her own consent only the actor is asked about. */
#ifdef ACCOUNTABLE
#define JUDGE_OWN(key) broken = (key != MALLORY)
#else
#define JUDGE_OWN(key) skip
#endif
#define COUNT(flow) effects[flow] = (effects[flow] < 2 -> effects[flow] + 1 : 2); DONE

#define REPLICA(i) \
  :: d_step { MOVE && handed[POOL(i)] && !redeemed[POOL(i)] -> redeemed[POOL(i)] = 1; has_token[i] = 1; DONE } \
  :: d_step { MOVE && has_token[i] && !asked[i] -> asked[i] = 1; DONE } \
  :: d_step { MOVE && asked[i] && !token_known[i] -> token_known[i] = 1; DONE }   /* read where it arrives */ \
  :: d_step { MOVE && asked[i] && !used[i] && ACCEPTS(i, KEY(i), POOL(i)) -> \
              JUDGE_HONEST(i); used[i] = 1; COUNT(POOL(i)) } \
  COPIED(i, TARGET) COPIED(i, MALLORY) \
  :: d_step { MOVE && !fed[i] -> fed[i] = 1; DONE }                        /* Mallory hands over what she may */ \
  :: d_step { MOVE && fed[i] && !asked_own[i] -> asked_own[i] = 1; DONE }  /* to be accepted breaks nothing */

/* A token that Mallory knows, over a connection of hers, for whatever she likes. */
#define COPIED(i, key) COPIED_FOR(i, key, 0) COPIED_FOR(i, key, 1) COPIED_FOR(i, key, LIST)
#define COPIED_FOR(i, key, op) \
  :: d_step { MOVE && token_known[i] && HAS(key) && ACCEPTS(i, key, op) -> JUDGE_MALLORY(i, key); COUNT(POOL(i)) }

/* A token for what Mallory may create, bound to a key of hers. */
#define OWN(key) \
  :: d_step { MOVE && HAS(key) -> JUDGE_OWN(key); DONE }

active proctype world() {
  do
  :: d_step { MOVE && !handed[0] -> handed[0] = 1; DONE }
  :: d_step { MOVE && !handed[1] -> handed[1] = 1; DONE }
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
