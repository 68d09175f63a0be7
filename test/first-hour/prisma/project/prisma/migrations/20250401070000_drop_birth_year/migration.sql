-- AlterTable
ALTER TABLE "Author" DROP COLUMN "bornIn";
