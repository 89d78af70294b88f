import { expect, it } from '@jest/globals';
import { clusterAnchors } from './cluster-anchors.js';

it('puts identical texts together, in the order of their first', () => {
  expect(clusterAnchors(['a', null, 'b', 'a', null, ''], 1)).toEqual([[0, 3], [1, 4], [2], [5]]);
  expect(clusterAnchors(['a b c', 'a b d'], 1)).toEqual([[0], [1]]);
  expect(clusterAnchors([], 1)).toEqual([]);
});

it('puts texts together from the share of words in common on, however they are spaced', () => {
  // 2 of 3 words: 2 x 2 / 6.
  expect(clusterAnchors(['a b c', 'a b d'], 2 / 3)).toEqual([[0, 1]]);
  expect(clusterAnchors(['a b c', 'a b d'], 0.7)).toEqual([[0], [1]]);
  expect(clusterAnchors(['a b', ' b\n\ta  '], 0.99)).toEqual([[0, 1]]);
  // A word counts as often as it stands in both: 2 x 2 / 6.
  expect(clusterAnchors(['a a b', 'a b b'], 0.7)).toEqual([[0], [1]]);
  expect(clusterAnchors(['a a b', 'b a a'], 0.99)).toEqual([[0, 1]]);
  // In texts of unequal length both count: 2 x 1 / 4.
  expect(clusterAnchors(['a', 'a b c'], 0.5)).toEqual([[0, 1]]);
  expect(clusterAnchors(['a', 'a b c'], 0.51)).toEqual([[0], [1]]);
});

it('compares with the first of a cluster, and joins the first cluster that is near enough', () => {
  expect(clusterAnchors(['a b', 'b c', 'c d', 'a b'], 0.5)).toEqual([[0, 1, 3], [2]]);
});

it('never takes the prompt or an empty text for similar to anything', () => {
  expect(clusterAnchors([null, '', ' ', 'a', null], 0.01)).toEqual([[0, 4], [1], [2], [3]]);
});
