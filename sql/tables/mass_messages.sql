-- Message history, loaded from outside; created only where it is missing, never changed by a deployment.
CREATE TABLE IF NOT EXISTS `${dataset}.mass_messages` (
  row_id INT64,
  page_name STRING,
  message STRING,
  sending_time TIMESTAMP OPTIONS (description = 'UTC instant'),
  price FLOAT64 OPTIONS (description = 'USD; 0 or NULL is free'),
  sent_count INT64,
  viewed_count INT64,
  purchased_count FLOAT64,
  earnings FLOAT64 OPTIONS (description = 'USD'),
  message_type STRING,
  caption_id INT64 OPTIONS (description = 'NULL when no caption of the bank matched')
)
PARTITION BY DATE(sending_time)
CLUSTER BY page_name, caption_id
OPTIONS (description = 'One row a mass message with its counters');
