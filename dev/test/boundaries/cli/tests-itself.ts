// breaks production-needs-no-development-packages
export { default as test } from 'fast-check';
