-- The key of a caption's text: SHA-256 of the normalised text in lower-case hex; NULL for NULL.
-- Not comparable with stored caption_key values, which are MD5 of the raw text.
CREATE OR REPLACE FUNCTION `${dataset}.caption_key_v2`(message STRING)
RETURNS STRING
AS (
  TO_HEX(SHA256(`${dataset}.caption_text_norm`(message)))
);
