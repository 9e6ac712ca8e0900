-- Two-phase commit as in the TLA+ specification TwoPhase, self-loops kept. The first line is put before by the harness:
-- const N: 9;
type
  manager_t: 0 .. N - 1;
var
  manager: array[manager_t] of 0 .. 3;  -- working, prepared, committed, aborted
  known: array[manager_t] of boolean;   -- prepared, as the transaction manager knows it
  sent: array[manager_t] of boolean;    -- prepared, as a message
  decision: 0 .. 2;                     -- none yet, committed, aborted

startstate begin
  for m: manager_t do manager[m] := 0; known[m] := false; sent[m] := false; end;
  decision := 0;
end;

rule "commit" decision = 0 & forall m: manager_t do known[m] endforall ==> begin decision := 1; end;
rule "abort" decision = 0 ==> begin decision := 2; end;

ruleset m: manager_t do
  rule "receive" decision = 0 & sent[m] ==> begin known[m] := true; end;
  rule "prepare" manager[m] = 0 ==> begin manager[m] := 1; sent[m] := true; end;
  rule "choose" manager[m] = 0 ==> begin manager[m] := 3; end;
  rule "hear commit" decision = 1 ==> begin manager[m] := 2; end;
  rule "hear abort" decision = 2 ==> begin manager[m] := 3; end;
end;
