-- The current key of a caption's text; delegates, so that callers need not know the version.
CREATE OR REPLACE FUNCTION `${dataset}.caption_key`(message STRING)
RETURNS STRING
AS (
  `${dataset}.caption_key_v2`(message)
);
