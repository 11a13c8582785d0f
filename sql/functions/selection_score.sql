-- The final score of a caption in [0, 1]: (0.70·T + 0.15·D' + 0.15·E' + 0.10·P)·M / 1.25, never below 0.
-- T Thompson value; D diversity in [-0.5, 0.25], scaled to [0, 1]; E earnings per message in USD, 100 counting as 1; P penalty; M segment multiplier.
CREATE OR REPLACE FUNCTION `${dataset}.selection_score`(p_thompson FLOAT64, p_diversity FLOAT64, p_emv FLOAT64, p_penalty FLOAT64, p_multiplier FLOAT64)
RETURNS FLOAT64
AS (
  GREATEST(
    0.0,
    (
      0.70 * p_thompson
      + 0.15 * ((p_diversity + 0.5) / 0.75)
      + 0.15 * GREATEST(0.0, LEAST(1.0, p_emv / 100))
      + 0.10 * p_penalty
    ) * p_multiplier
  ) / 1.25
);
