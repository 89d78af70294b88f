import base from './jest.config.mjs';

/** What strangers do with the packed packages: needs `npm run build` first and takes minutes, so it runs by itself. */
export default {
  ...base,
  testMatch: ['<rootDir>/test/packed/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600000,
};
