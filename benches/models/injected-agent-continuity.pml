/* The injected agent under `continuity`, written from the description of the trust model and the story alone: an
   independent reading of its semantics. Alice hands `answer` to `assistant`, for one hop; two replicas continue with a step
   signed by their own key and sign each request. Mallory reads what arrives at the mailbox, resends and alters it, and
   takes the first replica over: from then on it does as she likes. One execution; a replica asks once.

   -DCUSTODY, -DTHEFT_CONTAINED, -DACCOUNTABLE or -DMULTIPLICITY chooses the property; without -DHIJACK_EXECUTOR nobody is
   taken over. -DMOST=n allows at most n moves; -DFORGETFUL is K3: the same without the guards `single-use` and
   `within-effects`. */
#define ANSWER 0
#define DELETE 1
#define SPAM 2          /* what Mallory may create */
/* Keys: the replicas have their own. */
#define TARGET 0
#define OTHER 1
#define MALLORY 2
#define MEANT(key) (key == TARGET || key == OTHER)

bool sent;              /* Alice has started and handed over */
bool offer_known;       /* Mallory knows the hand-off */
bool took[2];           /* a replica has continued it */
bool step_known[2];     /* Mallory knows that continuation */
bool asked[2];          /* its request, with a nonce of its own */
bool request_known[2];
bool used[2];           /* nonces that were accepted */
bool taken;             /* the first replica is Mallory's */
bool fed[2];            /* a replica has continued a hand-off of Mallory's own root */
bool asked_own[2];
byte effects;           /* accepted below Alice's root; her hand-off says one */
bool broken;
#ifdef MOST
byte moves;
#define MOVE (moves < MOST && !broken)
#define DONE moves = moves + 1
#else
#define MOVE (!broken)
#define DONE skip
#endif

#define HONEST(replica) (!(taken && replica == TARGET))
#define HAS(key) (key == MALLORY || (key == TARGET && taken))

/* The guards, for a presentation `hops` below Alice's root. `step` signed the last continuation, `presenter` the request, in
   which it said `signed_op`. */
#ifdef FORGETFUL
#define REMEMBERED(nonce) true
#else
#define REMEMBERED(nonce) (!(nonce < 2 && used[nonce % 2]) && effects < 1)
#endif
#define ACCEPTS(hops, step, presenter, op, signed_op, nonce) \
  (hops <= 1 && MEANT(step) && presenter == step && op == ANSWER && signed_op == op && REMEMBERED(nonce))

/* A replica that was taken over spends what it was handed: that is its misuse and no impersonation, and the verifier names
   the instance that did it. What Mallory delivers of what a replica signed is a theft where the declared effect was had
   before. */
#ifdef CUSTODY
#define JUDGE(step, presenter) broken = !(MEANT(step) && presenter == step)
#define JUDGE_RESENT(step) JUDGE(step, step)
#endif
#ifdef THEFT_CONTAINED
#define JUDGE(step, presenter) broken = !(presenter == step && MEANT(presenter))
#define JUDGE_RESENT(step) broken = (effects >= 1)
#endif
#ifdef ACCOUNTABLE
#define JUDGE(step, presenter) broken = (presenter != step)
#define JUDGE_RESENT(step) skip
#endif
#ifdef MULTIPLICITY
#define JUDGE(step, presenter) broken = (effects >= 1)
#define JUDGE_RESENT(step) broken = (effects >= 1)
#endif
#define COUNT(nonce) if :: nonce < 2 -> used[nonce % 2] = 1 :: else fi; \
  effects = (effects < 2 -> effects + 1 : 2); DONE

#define REPLICA(r) \
  :: d_step { MOVE && sent && HONEST(r) && !took[r] -> took[r] = 1; DONE } \
  :: d_step { MOVE && took[r] && HONEST(r) && !asked[r] -> asked[r] = 1; DONE } \
  :: d_step { MOVE && asked[r] && !request_known[r] -> \
              request_known[r] = 1; step_known[r] = 1; offer_known = 1; DONE }    /* read where it arrives */ \
  :: d_step { MOVE && asked[r] && ACCEPTS(1, r, r, ANSWER, ANSWER, r) -> JUDGE(r, r); COUNT(r) } \
  RESENT(r, ANSWER) RESENT(r, DELETE) RESENT(r, SPAM) \
  COPIED(r, TARGET, ANSWER) COPIED(r, TARGET, DELETE) COPIED(r, MALLORY, ANSWER) \
  :: d_step { MOVE && HONEST(r) && !fed[r] -> fed[r] = 1; DONE }           /* Mallory hands over what she may */ \
  :: d_step { MOVE && fed[r] && !asked_own[r] -> asked_own[r] = 1; DONE }  /* to be accepted breaks nothing */

/* A request that Mallory knows, once more or for something else. */
#define RESENT(r, op) \
  :: d_step { MOVE && request_known[r] && ACCEPTS(1, r, r, op, ANSWER, r) -> JUDGE_RESENT(r); COUNT(r) }

/* A step that Mallory knows, presented with a key of hers and a nonce of her own. */
#define COPIED(r, key, op) \
  :: d_step { MOVE && step_known[r] && HAS(key) && ACCEPTS(1, r, key, op, op, 9) -> JUDGE(r, key); COUNT(9) }

/* Mallory continues Alice's hand-off with a key of hers. */
#define CONTINUED(key) \
  :: d_step { MOVE && offer_known && HAS(key) && ACCEPTS(1, key, key, ANSWER, ANSWER, 9) -> JUDGE(key, key); COUNT(9) }

active proctype world() {
  do
  :: d_step { MOVE && !sent -> sent = 1; DONE }
  REPLICA(0)
  REPLICA(1)
  CONTINUED(TARGET)
  CONTINUED(MALLORY)
#ifdef HIJACK_EXECUTOR
  :: d_step { MOVE && !taken -> taken = 1; DONE }
  /* Mallory reads what the replica has, or receives in its place. */
  :: d_step { MOVE && taken && took[TARGET] && !step_known[TARGET] -> step_known[TARGET] = 1; offer_known = 1; DONE }
  :: d_step { MOVE && taken && sent && !offer_known -> offer_known = 1; DONE }
  /* The replica hands its step on to Mallory's own key. What a holder that was taken over hands on is excused. */
  :: d_step { MOVE && offer_known && HAS(TARGET) && ACCEPTS(2, MALLORY, MALLORY, ANSWER, ANSWER, 9) -> \
              JUDGE(TARGET, TARGET); COUNT(9) }
#endif
  :: broken -> assert(false)
  od
}
