-- AlterTable
ALTER TABLE "outbox" ADD COLUMN     "been_on" TEXT[],
ADD COLUMN     "person_id" UUID;

-- CreateTable
CREATE TABLE "channel_room" (
    "channel" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "room" TEXT,
    "linked_by" UUID,
    "linked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "channel_room_pkey" PRIMARY KEY ("channel","platform")
);

-- CreateTable
CREATE TABLE "person_choice" (
    "person_id" UUID NOT NULL,
    "locale" TEXT,
    "preferred_platform" TEXT,
    "quiet_from" TEXT,
    "quiet_until" TEXT,

    CONSTRAINT "person_choice_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "link_code" (
    "code_hash" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "link_code_pkey" PRIMARY KEY ("code_hash")
);

-- CreateTable
CREATE TABLE "link_attempt" (
    "platform" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "wrong" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "link_attempt_pkey" PRIMARY KEY ("platform","account")
);

-- CreateTable
CREATE TABLE "form_page" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "platform" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "room" TEXT NOT NULL,
    "room_kind" TEXT NOT NULL,
    "form" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "session_hash" TEXT,
    "session_ends" TIMESTAMPTZ(3),
    "session_seen" BOOLEAN NOT NULL,
    "submitted_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL,
    "round" INTEGER NOT NULL,

    CONSTRAINT "form_page_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "form_upload" (
    "id" UUID NOT NULL,
    "page_id" UUID NOT NULL,
    "field" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "round" INTEGER,

    CONSTRAINT "form_upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "form_upload_chunk" (
    "upload_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "form_upload_chunk_pkey" PRIMARY KEY ("upload_id","position")
);

-- CreateIndex
CREATE INDEX "link_code_person_id_idx" ON "link_code"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "form_page_token_hash_key" ON "form_page"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "form_page_session_hash_key" ON "form_page"("session_hash");

-- CreateIndex
CREATE INDEX "form_page_expires_at_idx" ON "form_page"("expires_at");

-- CreateIndex
CREATE INDEX "form_upload_page_id_idx" ON "form_upload"("page_id");

-- AddForeignKey
ALTER TABLE "person_choice" ADD CONSTRAINT "person_choice_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "form_upload" ADD CONSTRAINT "form_upload_page_id_fkey" FOREIGN KEY ("page_id") REFERENCES "form_page"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "form_upload_chunk" ADD CONSTRAINT "form_upload_chunk_upload_id_fkey" FOREIGN KEY ("upload_id") REFERENCES "form_upload"("id") ON DELETE CASCADE ON UPDATE CASCADE;
