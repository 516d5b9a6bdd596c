-- AlterTable
ALTER TABLE "job" ADD COLUMN     "leased_by" TEXT,
ADD COLUMN     "leased_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "alert" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "told_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backup_mark" (
    "id" SERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "real_at" TIMESTAMPTZ(3) NOT NULL,
    "bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,

    CONSTRAINT "backup_mark_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stored_file" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "feature" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "person_id" UUID,
    "permission" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT,
    "bytes" INTEGER,
    "sha256" TEXT,
    "state" TEXT NOT NULL,
    "problem" TEXT,
    "platform" TEXT,
    "source" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "stored_at" TIMESTAMPTZ(3),
    "keep_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stored_file_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "file_chunk" (
    "file_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "file_chunk_pkey" PRIMARY KEY ("file_id","position")
);

-- CreateTable
CREATE TABLE "report" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "policy_version" INTEGER NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "late" BOOLEAN NOT NULL,
    "files" JSONB NOT NULL,

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendar_year" (
    "id" SERIAL NOT NULL,
    "year" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "hash" TEXT NOT NULL,
    "loaded_at" TIMESTAMPTZ(3) NOT NULL,
    "loaded_by" TEXT NOT NULL,

    CONSTRAINT "calendar_year_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "calendar_year_year_idx" ON "calendar_year"("year");

-- CreateIndex
CREATE INDEX "alert_key_closed_at_idx" ON "alert"("key", "closed_at");

-- CreateIndex
CREATE UNIQUE INDEX "stored_file_number_key" ON "stored_file"("number");

-- CreateIndex
CREATE INDEX "stored_file_feature_reference_idx" ON "stored_file"("feature", "reference");

-- CreateIndex
CREATE INDEX "stored_file_state_keep_until_idx" ON "stored_file"("state", "keep_until");

-- CreateIndex
CREATE UNIQUE INDEX "report_kind_month_department_version_key" ON "report"("kind", "month", "department", "version");

-- AddForeignKey
ALTER TABLE "file_chunk" ADD CONSTRAINT "file_chunk_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "stored_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- At most one open alert about one thing.
CREATE UNIQUE INDEX "alert_open" ON "alert"("key") WHERE "closed_at" IS NULL;

-- What is not done yet, for the order of one person's events.
CREATE INDEX "inbox_received" ON "inbox"("platform", "account") WHERE "state" = 'received';
