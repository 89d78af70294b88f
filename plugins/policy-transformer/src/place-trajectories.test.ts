import { describe, expect, it } from '@jest/globals';
import { TrajectoryPlaces } from './place-trajectories.js';

const group = (name: string, size: number) =>
  Array.from({ length: size }, (_, index) => ({ trajectoryId: `${name}${index}`, tokenIds: [name.charCodeAt(0)] }));
const workers = (places: TrajectoryPlaces, ...ids: string[]) => ids.map((id) => places.of(id));

describe('TrajectoryPlaces', () => {
  it('keeps groups together where the load stays level', () => {
    const places = new TrajectoryPlaces(2);
    places.add([...group('a', 3), ...group('b', 3), ...group('c', 3), ...group('d', 3)]);
    for (const name of 'abcd') expect(new Set(workers(places, `${name}0`, `${name}1`, `${name}2`)).size).toBe(1);
    expect(workers(places, 'a0', 'b0', 'c0', 'd0')).toEqual([0, 1, 0, 1]);
  });

  it('splits a group rather than leave a worker idle', () => {
    const places = new TrajectoryPlaces(3);
    places.add(group('a', 9));
    const used = group('a', 9).map(({ trajectoryId }) => places.of(trajectoryId));
    for (const worker of [0, 1, 2]) expect(used.filter((place) => place === worker)).toHaveLength(3);
  });

  it('sends a newcomer where its prompt was read, and to the emptier worker when that one is full', () => {
    const places = new TrajectoryPlaces(2);
    places.add([...group('a', 2), ...group('b', 2)]);
    places.release('b1');
    places.add([{ trajectoryId: 'b2', tokenIds: ['b'.charCodeAt(0)] }]);
    expect(places.of('b2')).toBe(1);
    places.release('a0');
    places.release('a1');
    places.add([{ trajectoryId: 'b3', tokenIds: ['b'.charCodeAt(0)] }]);
    expect(places.of('b3')).toBe(0);
    places.clear();
    expect(places.of('b3')).toBeUndefined();
    places.release('b3');
    places.add(group('z', 2));
    expect(workers(places, 'z0', 'z1').sort()).toEqual([0, 1]);
  });
});
