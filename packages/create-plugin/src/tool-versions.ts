/** What a new package is built with: the versions this project itself is tested with (a test holds them to its own). */
export const toolVersions = {
  zod: '4.6.7',
  nodeTypes: '20.19.25',
  tsup: '9.0.0',
  tsx: '4.23.15',
  typescript: '6.0.3',
} as const;
