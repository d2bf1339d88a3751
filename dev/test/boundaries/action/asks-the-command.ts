// breaks action-imports-only-the-client
export * from '../cli/tests-itself.ts';
