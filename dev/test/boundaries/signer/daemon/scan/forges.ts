// breaks fixtures-only-in-tests
export { proof } from '../requests/proof.fixture.ts';
