-- Prisma would drop the column and add another; renaming keeps what is in it.
ALTER TABLE "Team" RENAME COLUMN "title" TO "name";

-- AlterEnum
ALTER TYPE "Role" ADD VALUE 'GUEST';

-- CreateIndex
CREATE INDEX "User_teamId_idx" ON "User"("teamId");
