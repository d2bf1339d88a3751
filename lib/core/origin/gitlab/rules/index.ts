import type { Finding } from '../../../wire/finding/index.ts';
import { environment, owner, ref, repository, repositoryUri, visibility } from '../../rules/index.ts';
import { words } from '../words.ts';
import { commit, signer, workflow } from './configuration.ts';
import type { Context } from './context.ts';
import { run, runner, trigger } from './pipeline.ts';

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
    trigger(context),
    runner(context),
    run(context),
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
  'origin.trigger',
  'origin.runner',
  'origin.run',
  'origin.visibility',
  'origin.environment',
];
