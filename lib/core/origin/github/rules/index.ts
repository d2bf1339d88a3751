import type { Finding } from '../../../wire/finding/index.ts';
import { owner, ref, repository, repositoryUri } from '../../rules/index.ts';
import { words } from '../words.ts';
import type { Context } from './context.ts';
import { environment, rerun, run, runner, trigger, visibility } from './run.ts';
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
