export { owner, ref, repository, repositoryUri, type SourceJudging } from './source.ts';
export { environment, visibility } from './surroundings.ts';
