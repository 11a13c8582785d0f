-- The row that lock_caption_assignments touches first, so that competing calls conflict instead of both passing the check.
CREATE TABLE IF NOT EXISTS `${dataset}.lock_guard` (
  guard STRING NOT NULL,
  touched_at TIMESTAMP,
  touched_by STRING
)
OPTIONS (description = 'Serialises competing locks');

MERGE `${dataset}.lock_guard` AS target
USING (SELECT 'caption_locks' AS guard) AS source
ON target.guard = source.guard
WHEN NOT MATCHED THEN
  INSERT (guard, touched_at, touched_by)
  VALUES (source.guard, NULL, NULL);
