"""The two statements of the usage writer on PostgreSQL: one reads what asks need, one writes what was decided."""

# Whoever records under the id of a hold means that call, so holds are looked up for every key, less its `usage:`.
# A lateral look-up with its own LIMIT keeps the plan on the index, also when it was made while the table was empty.
READ = """
WITH asked AS (
 SELECT * FROM unnest(%(accounts)s::bigint[], %(keys)s::text[]) AS a (account_id, key)
), known AS (
 SELECT asked.account_id, json_agg(json_build_array(asked.key, last.seq, last.draws, coalesce(last.allowance, 0),
  coalesce(last.from_lots, last.quantity), last.overage, last.uncovered, last.balance_after, last.occurred_at,
  encode(last.request_hash, 'hex'))) AS rows
 FROM asked
 JOIN LATERAL (SELECT * FROM entry WHERE entry.account_id = asked.account_id AND entry.key = asked.key
  ORDER BY line DESC LIMIT 1) last ON last.operation IS NOT NULL
 GROUP BY asked.account_id
), held AS (
 SELECT asked.account_id, json_agg(json_build_array(found.id, found.key, found.quantity, found.draws, found.allowance,
  found.held_at, found.expires_at, found.state, found.request_hash)) AS rows
 FROM asked
 JOIN LATERAL (SELECT * FROM hold WHERE hold.account_id = asked.account_id AND hold.key = substr(asked.key, 7) LIMIT 1)
  found ON true
 GROUP BY asked.account_id
)
SELECT head.account_id, head.version, head.seq, head.balance, head.held, head.floor, head.access, head.plan_version_id,
 head.period_on, head.zone, head.last_at, head.due_at, head.release_at, head.windows,
 (SELECT json_agg(json_build_array(lot.id, lot.public_id, lot.priority, lot.expires_at, lot.remaining, lot.is_frozen))
  FROM lot WHERE lot.account_id = head.account_id AND lot.is_open),
 known.rows, held.rows, (SELECT zone FROM system_zone)
FROM account_head head
LEFT JOIN known ON known.account_id = head.account_id
LEFT JOIN held ON held.account_id = head.account_id
WHERE head.account_id = ANY(%(ids)s::bigint[])
"""
LOCK = "SELECT 1 FROM account_head WHERE account_id = ANY(%s::bigint[]) ORDER BY account_id FOR NO KEY UPDATE"
# The heads that nobody else keeps at this moment.
FREE = "SELECT account_id FROM account_head WHERE account_id = ANY(%s::bigint[]) FOR NO KEY UPDATE SKIP LOCKED"

_ROLLUP = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in (
    "events", "input", "output", "quantity", "charged", "overage", "uncovered"))  # fmt: skip
_SUM_NAMES = "events, input, output, quantity, charged, overage, uncovered"
_SUMS = "sum(n), sum(i), sum(o), sum(q), sum(c), sum(v), sum(u)"

# Everything hangs on the heads that still stand as they were read; those that do not are left alone and answered so.
# If the days of all accounts have moved to another zone since, none of them does.
# Hours and days of all are shared by all processes: whoever adds to several does so in their order, so that none waits
# for another in a circle.
WRITE = f"""
WITH wanted AS (
 SELECT * FROM json_to_recordset(%(heads)s::json) AS w (a bigint, v bigint, n bigint, s bigint, b bigint, h bigint,
  u bigint, l timestamptz, d timestamptz, r timestamptz, w jsonb)
), locked AS (
 SELECT head.account_id FROM account_head head JOIN wanted ON wanted.a = head.account_id AND wanted.v = head.version
 WHERE (SELECT zone FROM system_zone) IS NOT DISTINCT FROM %(zone)s::text
 ORDER BY head.account_id FOR NO KEY UPDATE OF head
), moved AS (
 UPDATE account_head head SET version = head.version + 1, seq = wanted.s, balance = wanted.b, held = wanted.h,
  used = head.used + wanted.u, last_at = wanted.l, due_at = wanted.d, release_at = wanted.r, windows = wanted.w
 FROM wanted JOIN locked ON locked.account_id = wanted.a
 WHERE head.account_id = wanted.a AND head.version = wanted.v
 RETURNING head.account_id, head.last_at
), written AS (
 INSERT INTO entry (account_id, seq, quantity, balance_after, lot_id, occurred_at, recorded_at, input, output, cached,
  told, allowance, from_lots, overage, uncovered, rate_version, line, key, unit, debit, credit, actor, cause,
  request_hash, operation, model, session, draws, metadata)
 SELECT a, s, q, b, t, at, moved.last_at, i, o, c, tq, al, fl, ov, un, r, l, k, 'TOKEN', 'wallet', 'consumed', w, '',
  decode(h, 'hex'), op, m, ss, d, md
 FROM json_to_recordset(%(lines)s::json) AS line (a bigint, s bigint, q bigint, b bigint, t bigint, at timestamptz,
  i bigint, o bigint, c bigint, tq bigint, al bigint, fl bigint, ov bigint, un bigint, r integer, l smallint, k text,
  w text, h text, op text, m text, ss text, d jsonb, md jsonb) JOIN moved ON moved.account_id = a
), burned AS (
 UPDATE lot SET remaining = b.r, is_open = b.r > 0
 FROM json_to_recordset(%(lots)s::json) AS b (a bigint, i bigint, r bigint) JOIN moved ON moved.account_id = b.a
 WHERE lot.id = b.i
), held AS (
 INSERT INTO hold (account_id, key, quantity, draws, allowance, held_at, expires_at, state, request_hash)
 SELECT h.a, h.k, h.q, h.d, h.al, h.at, h.e, h.s, h.h
 FROM json_to_recordset(%(holds)s::json) AS h (a bigint, k text, q bigint, d jsonb, al bigint, at timestamptz,
  e timestamptz, s text, h text) JOIN moved ON moved.account_id = h.a
), ended AS (
 UPDATE hold SET state = h.s FROM json_to_recordset(%(ended)s::json) AS h (a bigint, i bigint, s text)
 JOIN moved ON moved.account_id = h.a WHERE hold.id = h.i
), alerted AS (
 INSERT INTO job (kind, key, args, state, due_at, attempts, last_error, created_at)
 SELECT 'alerts.tell', j.k, j.g, 'queued', j.t, 0, '', j.t
 FROM json_to_recordset(%(jobs)s::json) AS j (a bigint, k text, g jsonb, t timestamptz)
  JOIN moved ON moved.account_id = j.a
 ON CONFLICT (key) DO NOTHING
), cell AS (
 SELECT x.* FROM json_to_recordset(%(cells)s::json) AS x (a bigint, d date, h timestamptz, z date, m text, md text,
  op text, n bigint, i bigint, o bigint, q bigint, c bigint, v bigint, u bigint) JOIN moved ON moved.account_id = x.a
), days AS (
 INSERT INTO account_day AS t (account_id, day_on, meter, model, operation, {_SUM_NAMES})
 SELECT a, d, m, md, op, {_SUMS} FROM cell GROUP BY a, d, m, md, op
 ON CONFLICT (account_id, day_on, meter, model, operation) DO UPDATE SET {_ROLLUP}
), months AS (
 INSERT INTO account_month AS t (account_id, month_on, meter, {_SUM_NAMES})
 SELECT a, date_trunc('month', d), m, {_SUMS} FROM cell GROUP BY 1, 2, 3
 ON CONFLICT (month_on, meter, account_id) DO UPDATE SET {_ROLLUP}
), hours AS (
 INSERT INTO system_hour AS t (hour_at, meter, model, operation, stripe, {_SUM_NAMES})
 SELECT h, m, md, op, %(stripe)s::smallint, {_SUMS} FROM cell GROUP BY h, m, md, op ORDER BY h, m, md, op
 ON CONFLICT (hour_at, meter, model, operation, stripe) DO UPDATE SET {_ROLLUP}
), days_of_all AS (
 INSERT INTO system_day AS t (day_on, meter, model, operation, stripe, {_SUM_NAMES})
 SELECT z, m, md, op, %(stripe)s::smallint, {_SUMS} FROM cell WHERE z IS NOT NULL GROUP BY z, m, md, op
 ORDER BY z, m, md, op
 ON CONFLICT (day_on, meter, model, operation, stripe) DO UPDATE SET {_ROLLUP}
)
SELECT account_id FROM moved
"""  # noqa: S608 - built from our own words
