-- Whether an assignment keeps its caption from being used again: it is active, or its send date went by.
-- A sweep ends a lock but not the memory of use; rolled back, manual and test rows were never sent.
CREATE OR REPLACE FUNCTION `${dataset}.counts_as_used`(p_is_active BOOL, p_deactivation_reason STRING)
RETURNS BOOL
AS (
  IFNULL(p_is_active, FALSE) OR IFNULL(p_deactivation_reason, '') IN ('PAST_SEND_DATE', 'STALE_7DAY')
);
