-- CreateTable
CREATE TABLE "Shelf" (
    "id" SERIAL NOT NULL,
    "label" TEXT NOT NULL,

    CONSTRAINT "Shelf_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StockItem" (
    "id" SERIAL NOT NULL,
    "bookId" INTEGER NOT NULL,
    "shelfId" INTEGER NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "StockItem_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Delivery" (
    "id" SERIAL NOT NULL,
    "publisherId" INTEGER NOT NULL,
    "arrivedAt" TIMESTAMP(3),

    CONSTRAINT "Delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Shelf_label_key" ON "Shelf"("label");

-- CreateIndex
CREATE INDEX "StockItem_bookId_idx" ON "StockItem"("bookId");

-- CreateIndex
CREATE INDEX "StockItem_shelfId_idx" ON "StockItem"("shelfId");

-- CreateIndex
CREATE INDEX "Delivery_publisherId_idx" ON "Delivery"("publisherId");

-- AddForeignKey
ALTER TABLE "StockItem" ADD CONSTRAINT "StockItem_bookId_fkey" FOREIGN KEY ("bookId") REFERENCES "Book"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "StockItem" ADD CONSTRAINT "StockItem_shelfId_fkey" FOREIGN KEY ("shelfId") REFERENCES "Shelf"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Delivery" ADD CONSTRAINT "Delivery_publisherId_fkey" FOREIGN KEY ("publisherId") REFERENCES "Publisher"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
