// breaks list-grants-minted-in-one-file
export { grant } from '../../keyholder/grant/list.ts';
