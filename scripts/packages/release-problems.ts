import type { Workspace } from './workspaces.js';

/**
 * What keeps packages from being published. npm checks provenance against `repository` of each package.json: it must be the
 * address the workflow runs at, the same for all, with the package's own folder in it. Empty: nothing.
 */
export function releaseProblems(workspaces: readonly Workspace[]): string[] {
  const addresses = new Set(workspaces.map(({ manifest }) => manifest.repository?.url ?? ''));
  addresses.delete('');
  const problems = workspaces.flatMap(({ folder, manifest: { repository } }): string[] => {
    const file = `${folder}/package.json`;
    if (repository?.url === undefined) return [`${file} has no repository`];
    if (!/^git\+https:\/\/.+\.git$/.test(repository.url)) {
      return [`${file}: repository.url is ${repository.url}, not git+https://HOST/OWNER/NAME.git`];
    }
    if (repository.directory === folder) return [];
    return [`${file}: repository.directory is ${repository.directory ?? 'missing'}, not ${folder}`];
  });
  if (addresses.size > 1)
    problems.push(`the packages name ${addresses.size} repositories: ${[...addresses].join(', ')}`);
  return problems;
}
