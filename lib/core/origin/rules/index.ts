export { owner, ref, repository, repositoryUri, type SourceJudging } from './source.ts';
