/* The injected agent under tokens bound to the client's certificate (RFC 8705), written from the description of the trust
   model, the story and the RFC alone: an independent reading of their semantics. Alice's hand-off is a code of her consent,
   which the issuer redeems once, for the client that it was made for (RFC 6749, section 4.1.2): either replica of
   `assistant`. The token says `answer` and which key has to be on the connection; a connection carries its request once.
   Mallory reads what arrives at the mailbox and takes the first replica over: from then on it does as she likes. One
   execution; a replica asks once.

   -DCUSTODY, -DTHEFT_CONTAINED or -DMULTIPLICITY chooses the property; without -DHIJACK_EXECUTOR nobody is taken over.
   -DMOST=n allows at most n moves. */
#define ANSWER 0
#define DELETE 1
#define SPAM 2          /* what Mallory may create */
/* Keys: the replicas have their own. */
#define TARGET 0
#define MALLORY 2

bool sent;              /* Alice has started and handed over the code */
bool code_known;        /* Mallory knows it */
bool redeemed;          /* the code is used up */
bool has_token[2];      /* it was redeemed for a token that is bound to this replica's key */
bool asked[2];
bool token_known[2];    /* Mallory knows that token */
bool used[2];           /* the connection has carried the request */
bool taken;             /* the first replica is Mallory's */
bool fed[2];            /* a replica has redeemed a code of Mallory's */
bool asked_own[2];
byte effects;           /* accepted below Alice's consent; she meant one */
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

/* What the mailbox asks: the token of `replica`, over a connection by `presenter`. */
#define ACCEPTS(replica, presenter, op) (presenter == replica && op == ANSWER)
/* What the issuer asks where Alice's code is redeemed. */
#define ISSUES(key) (!redeemed && key != MALLORY)

/* A replica that was taken over spends what it was handed: that is its misuse and no impersonation, and its key is with
   it. Whoever else presents its token stole it. */
#ifdef MULTIPLICITY
#define JUDGE(holder, presenter) broken = (effects >= 1)
#else
#define JUDGE(holder, presenter) broken = !(presenter == holder)
#endif
#define COUNT effects = (effects < 2 -> effects + 1 : 2); DONE

#define REPLICA(r) \
  :: d_step { MOVE && sent && HONEST(r) && ISSUES(r) -> redeemed = 1; has_token[r] = 1; DONE } \
  :: d_step { MOVE && has_token[r] && HONEST(r) && !asked[r] -> asked[r] = 1; DONE } \
  :: d_step { MOVE && asked[r] && !token_known[r] -> token_known[r] = 1; DONE }   /* read where it arrives */ \
  :: d_step { MOVE && asked[r] && !used[r] && ACCEPTS(r, r, ANSWER) -> JUDGE(r, r); used[r] = 1; COUNT } \
  COPIED(r, TARGET) COPIED(r, MALLORY) \
  :: d_step { MOVE && HONEST(r) && !fed[r] -> fed[r] = 1; DONE }           /* Mallory hands over what she may */ \
  :: d_step { MOVE && fed[r] && !asked_own[r] -> asked_own[r] = 1; DONE }  /* to be accepted breaks nothing */

/* A token that Mallory knows, over a connection of hers, for whatever she likes. */
#define COPIED(r, key) COPIED_FOR(r, key, ANSWER) COPIED_FOR(r, key, DELETE) COPIED_FOR(r, key, SPAM)
#define COPIED_FOR(r, key, op) \
  :: d_step { MOVE && token_known[r] && HAS(key) && ACCEPTS(r, key, op) -> JUDGE(r, key); COUNT }

active proctype world() {
  do
  :: d_step { MOVE && !sent -> sent = 1; DONE }
  REPLICA(0)
  REPLICA(1)
#ifdef HIJACK_EXECUTOR
  :: d_step { MOVE && !taken -> taken = 1; DONE }
  /* Mallory reads what the replica has, or receives in its place; to redeem is a move, since it can be done once. */
  :: d_step { MOVE && taken && has_token[TARGET] && !token_known[TARGET] -> token_known[TARGET] = 1; DONE }
  :: d_step { MOVE && taken && sent && !code_known -> code_known = 1; DONE }
  :: d_step { MOVE && code_known && HAS(TARGET) && ISSUES(TARGET) -> \
              redeemed = 1; has_token[TARGET] = 1; token_known[TARGET] = 1; DONE }
#endif
  :: broken -> assert(false)
  od
}
