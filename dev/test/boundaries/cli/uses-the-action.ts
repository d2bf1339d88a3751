// breaks nothing-imports-the-action
export * from '../action/asks-the-command.ts';
