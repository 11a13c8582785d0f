-- The key of a lock: SHA-256 hex of page|caption_id|YYYY-MM-DD|hour; NULL when a part is NULL.
CREATE OR REPLACE FUNCTION `${dataset}.assignment_key`(p_page_name STRING, p_caption_id INT64, p_send_date DATE, p_send_hour INT64)
RETURNS STRING
AS (
  TO_HEX(SHA256(CONCAT(
    p_page_name, '|', CAST(p_caption_id AS STRING), '|', FORMAT_DATE('%Y-%m-%d', p_send_date), '|', CAST(p_send_hour AS STRING)
  )))
);
