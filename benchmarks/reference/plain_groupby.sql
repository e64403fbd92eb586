-- What an operator's page would ask without rollups: all events of some days, by day, model and operation.
SELECT %(day)s AS day_on, 'tokens' AS meter, model, operation, count(*) AS events, sum(input + coalesce(cached, 0)) AS input,
  sum(output) AS output,
  sum(quantity + coalesce(allowance, 0) + coalesce(overage, 0) + coalesce(uncovered, 0)) AS quantity,
  sum(quantity) AS charged, sum(coalesce(overage, 0)) AS overage, sum(coalesce(uncovered, 0)) AS uncovered
FROM entry
WHERE operation IS NOT NULL AND occurred_at >= :since AND occurred_at < :until
GROUP BY 1, 3, 4
ORDER BY 1, 3, 4
