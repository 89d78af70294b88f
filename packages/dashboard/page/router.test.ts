import { expect, it } from '@jest/globals';
import { addressOf, routeOf, type Route } from './router.js';

it.each<Route>([
  { page: 'runs' },
  { page: 'run', run: 'a/b c%', tab: 'groups', step: 12 },
  { page: 'run', run: '.', tab: 'curves', step: null },
  { page: 'group', run: 'a/b', step: 3, index: 0 },
  { page: 'question', run: 'x', id: 'q/1#2' },
])('an address leads back to where it was made: %j', (route) => {
  expect(routeOf(addressOf(route))).toEqual(route);
});

it.each(['', '#', '#/nowhere', '#/group/x/y/z', '#/run/%', '#/question/x'])('%j leads to the runs', (address) => {
  expect(routeOf(address)).toEqual({ page: 'runs' });
});
