// breaks timestamp-grants-minted-in-one-file
export { grant } from '../../keyholder/grant/timestamp.ts';
