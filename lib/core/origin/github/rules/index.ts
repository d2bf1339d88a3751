import type { Finding } from '../../../wire/finding/index.ts';
import type { Context } from './context.ts';
import { environment, rerun, run, runner, trigger, visibility } from './run.ts';
import { commit, owner, ref, repository, repositoryUri } from './source.ts';
import { builderDigest, signer, workflow } from './workflow.ts';

export function judge(context: Context): readonly Finding[] {
  return [
    repository(context),
    repositoryUri(context),
    owner(context),
    workflow(context),
    signer(context),
    ref(context),
    commit(context),
    ...(context.policy.builder === undefined ? [] : [builderDigest(context, context.policy.builder)]),
    trigger(context),
    runner(context),
    run(context),
    rerun(context),
    ...(context.policy.visibility === 'public' ? [visibility(context)] : []),
    ...(context.policy.environment === undefined ? [] : [environment(context, context.policy.environment)]),
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
