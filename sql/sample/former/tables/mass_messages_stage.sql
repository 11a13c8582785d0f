-- Staging twin of the message history. Deployment never touches it.
CREATE TABLE IF NOT EXISTS `${dataset}.mass_messages_stage` (
  row_id INT64,
  page_name STRING,
  message STRING,
  sending_time TIMESTAMP,
  price FLOAT64,
  sent_count INT64,
  viewed_count INT64,
  purchased_count FLOAT64,
  earnings FLOAT64,
  message_type STRING
);
