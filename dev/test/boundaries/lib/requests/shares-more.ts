// breaks host-has-only-the-listed-rooms
export { send } from '../host/mail/index.ts';
