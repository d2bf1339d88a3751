import type { Finding } from '../../../wire/finding/index.ts';
import { environment, owner, ref, repository, repositoryUri, visibility } from '../../rules/index.ts';
import { words } from '../words.ts';
import type { Context } from './context.ts';
import { rerun, run, runner, trigger } from './run.ts';
import { builderDigest, commit, signer, workflow } from './workflow.ts';

export function judge(context: Context): readonly Finding[] {
  const source = { ...context, unshown: words.unshown };
  return [
    repository(source),
    repositoryUri(source),
    owner(source),
    workflow(context),
    signer(context),
    ref(source),
    commit(context),
    ...(context.policy.builder === undefined ? [] : [builderDigest(context, context.policy.builder)]),
    trigger(context),
    runner(context),
    run(context),
    rerun(context),
    ...(context.policy.visibility === 'public' ? [visibility(source)] : []),
    ...(context.policy.environment === undefined ? [] : [environment(source, context.policy.environment)]),
  ];
}

/** In the order of `judge`. */
export const rules: readonly string[] = [
  'origin.repository',
  'origin.repository-uri',
  'origin.owner',
  'origin.workflow',
  'origin.signer',
  'origin.ref',
  'origin.commit',
  'origin.builder',
  'origin.trigger',
  'origin.runner',
  'origin.run',
  'origin.rerun',
  'origin.visibility',
  'origin.environment',
];
