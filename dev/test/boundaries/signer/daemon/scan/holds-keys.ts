// breaks pkcs11-only-in-keyholder
export { PKCS11 } from 'pkcs11js';
