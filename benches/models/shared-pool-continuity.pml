/* The shared pool under `continuity`, written from the description of the trust model alone: an independent reading of its
   semantics. Alice's hand-off names port 3000 of the server's domain; two replicas of `unknown` are attested there,
   Mallory's `stranger` on port 4000. A replica continues with a step signed by its own key and signs each request. Two
   verifiers share a memory. One execution; a replica asks twice at the most.

   -DCUSTODY or -DMULTIPLICITY chooses the property, -DMOST=n allows at most n moves; -DFORGETFUL is K3: the same without
   the guards `single-use` and `within-effects`. */
#define READ 0
#define DELETE 1
#define LIST 2
/* Keys. Who presents is known by the key; a replica's key is its own. */
#define FIRST 0
#define SECOND 1
#define STRANGER 2
#define MALLORY 3
#define PORT(key) (key <= SECOND -> 3000 : (key == STRANGER -> 4000 : 0))

bool sent;              /* Alice has started and handed over */
bool offer_known;       /* Mallory knows the hand-off */
bool took[2];           /* a replica has continued it */
bool step_known[2];     /* Mallory knows that continuation */
bool asked[4];          /* requests, two for each replica; each has a nonce of its own */
bool request_known[4];
bool used[4];           /* nonces that were accepted */
bool fed[2];            /* a replica has continued a hand-off of Mallory's own root, which may `list` */
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

/* The guards, for a presentation below Alice's hand-off. `step` signed the continuation, `presenter` the request, in which
   it said `signed_op` and `signed_verifier`. */
#ifdef FORGETFUL
#define REMEMBERED(nonce) true
#else
#define REMEMBERED(nonce) (!(nonce < 4 && used[nonce % 4]) && effects < 1)
#endif
#define ACCEPTS(step, presenter, op, signed_op, verifier, signed_verifier, nonce) \
  (PORT(step) == 3000 && presenter == step && op == READ && signed_op == op && signed_verifier == verifier \
   && REMEMBERED(nonce))

#ifdef CUSTODY
#define JUDGE(step) broken = !(PORT(step) == 3000)
#else
#define JUDGE(step) broken = (effects >= 1)
#endif
#define ACCEPT(step, nonce) JUDGE(step); if :: nonce < 4 -> used[nonce % 4] = 1 :: else fi; \
  effects = (effects < 2 -> effects + 1 : 2); DONE

#define REPLICA(r) \
  :: d_step { MOVE && sent && !took[r] && PORT(r) == 3000 -> took[r] = 1; DONE } \
  :: d_step { MOVE && took[r] && !step_known[r] -> step_known[r] = 1; offer_known = 1; DONE }   /* its log leaks */ \
  REQUEST(r, 0) REQUEST(r, 1) \
  :: d_step { MOVE && !fed[r] -> fed[r] = 1; DONE }                        /* Mallory hands over what she may */ \
  :: d_step { MOVE && fed[r] && !asked_own[r] -> asked_own[r] = 1; DONE } \
  COPIED(r, STRANGER) COPIED(r, MALLORY)

#define REQUEST(r, n) \
  :: d_step { MOVE && took[r] && !asked[2 * r + n] -> asked[2 * r + n] = 1; DONE } \
  :: d_step { MOVE && asked[2 * r + n] && !request_known[2 * r + n] -> \
              request_known[2 * r + n] = 1; step_known[r] = 1; offer_known = 1; DONE }          /* read where it arrives */ \
  :: d_step { MOVE && asked[2 * r + n] && ACCEPTS(r, r, READ, READ, 0, 0, 2 * r + n) -> ACCEPT(r, 2 * r + n) } \
  ALTERED(r, n, READ, 1) ALTERED(r, n, DELETE, 0) ALTERED(r, n, LIST, 0) ALTERED(r, n, DELETE, 1) ALTERED(r, n, LIST, 1)

/* A request that Mallory knows, put to another verifier or for something else. */
#define ALTERED(r, n, op, verifier) \
  :: d_step { MOVE && request_known[2 * r + n] && ACCEPTS(r, r, op, READ, verifier, 0, 2 * r + n) -> \
              ACCEPT(r, 2 * r + n) }

/* A continuation that Mallory knows, presented by a key of hers. */
#define COPIED(r, key) \
  :: d_step { MOVE && step_known[r] && ACCEPTS(r, key, READ, READ, 0, 0, 9) -> ACCEPT(key, 9) }

active proctype world() {
  do
  :: d_step { MOVE && !sent -> sent = 1; DONE }
  :: d_step { MOVE && sent && !offer_known -> offer_known = 1; DONE }      /* `stranger` receives it, or it is observed */
  REPLICA(0)
  REPLICA(1)
  /* Mallory continues Alice's hand-off herself. */
  :: d_step { MOVE && offer_known && ACCEPTS(STRANGER, STRANGER, READ, READ, 0, 0, 9) -> ACCEPT(STRANGER, 9) }
  :: d_step { MOVE && offer_known && ACCEPTS(MALLORY, MALLORY, READ, READ, 0, 0, 9) -> ACCEPT(MALLORY, 9) }
  :: broken -> assert(false)
  od
}
