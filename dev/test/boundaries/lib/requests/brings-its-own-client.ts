// breaks prisma-only-in-db
export { PrismaPg } from '@prisma/adapter-pg';
