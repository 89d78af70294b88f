/**
 * The statement of one search. Parameters: $1 language, $2 query, $3 number of passages in the table, $4 most
 * candidates, $5 hits.
 *
 * `ts_rank` knows nothing of how rare a word is, so the words are ranked one by one and added up with BM25's inverse
 * document frequency, `ln(1 + (N - n + 0.5) / (n + 0.5))`. Length normalisation 1 divides by 1 + ln(length). Only
 * passages holding one of the rarest words are looked at, as many words as bring no more than $4 passages (at least
 * one): common words then rank passages but do not fetch them, which keeps a search fast among millions.
 */
export function searchStatement(tables: { readonly passages: string; readonly terms: string }): string {
  return `
WITH words AS MATERIALIZED (
  SELECT lexeme, quote_literal(lexeme)::tsquery AS word, t.passages AS n,
         ln(1 + ($3::float8 - t.passages + 0.5) / (t.passages + 0.5)) AS idf,
         sum(t.passages) OVER (ORDER BY t.passages, lexeme) AS reached,
         row_number() OVER (ORDER BY t.passages, lexeme) AS place
  FROM unnest(to_tsvector($1::regconfig, $2)) JOIN ${tables.terms} t ON t.term = lexeme
  ORDER BY t.passages, lexeme LIMIT 64
), rare AS (
  SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS query
  FROM words WHERE reached <= $4 OR place = 1
), best AS (
  SELECT p.position, p.id,
         (SELECT sum(idf * ts_rank('{0.1, 0.2, 0.8, 1.0}', p.terms, word, 1)) FROM words) AS score
  FROM ${tables.passages} p
  WHERE p.terms @@ (SELECT query FROM rare)
  ORDER BY score DESC, p.position
  LIMIT $5
)
SELECT p.id, p.title, p.text, best.score::float8 AS score
FROM best JOIN ${tables.passages} p ON p.id = best.id
ORDER BY best.score DESC, best.position`;
}
