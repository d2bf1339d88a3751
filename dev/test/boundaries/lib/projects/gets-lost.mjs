// breaks nothing-unresolvable
export * from './nowhere.ts';
