-- CreateTable
CREATE TABLE "approval" (
    "id" SERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "about" JSONB NOT NULL,
    "requester_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "policy_version" INTEGER NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_step" (
    "id" SERIAL NOT NULL,
    "approval_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "approvers" UUID[],
    "opened_at" TIMESTAMPTZ(3),
    "reminded" INTEGER NOT NULL,
    "handed_on" INTEGER NOT NULL,
    "decided_by" UUID,
    "on_behalf_of" UUID,
    "decided_at" TIMESTAMPTZ(3),
    "reason" TEXT,

    CONSTRAINT "approval_step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_line" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "audit_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_seal" (
    "seq" BIGINT NOT NULL,
    "line_id" BIGINT NOT NULL,
    "previous" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_seal_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "rehearsal_clock" (
    "id" INTEGER NOT NULL,
    "base_at" TIMESTAMPTZ(3) NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rehearsal_clock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "staff_no" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "post" TEXT NOT NULL,
    "roles" TEXT[],
    "manager_id" UUID,
    "locale" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "pattern" JSONB NOT NULL,
    "hired_on" TEXT,
    "email" TEXT,
    "mobile" TEXT,
    "preferred_platform" TEXT,
    "active" BOOLEAN NOT NULL,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "platform" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "linked_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "account_pkey" PRIMARY KEY ("platform","account")
);

-- CreateTable
CREATE TABLE "delegation" (
    "id" SERIAL NOT NULL,
    "person_id" UUID NOT NULL,
    "delegate_id" UUID NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "source" TEXT NOT NULL,

    CONSTRAINT "delegation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "id" BIGSERIAL NOT NULL,
    "platform" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "account" TEXT NOT NULL,
    "room" TEXT NOT NULL,
    "message_id" TEXT,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "person_id" UUID,
    "ran" TEXT,
    "about" TEXT,
    "answer" JSONB,
    "last_error" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dialog" (
    "person_id" UUID NOT NULL,
    "platform" TEXT NOT NULL,
    "room" TEXT NOT NULL,
    "question" JSONB,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "recent" TEXT,
    "recent_at" TIMESTAMPTZ(3),

    CONSTRAINT "dialog_pkey" PRIMARY KEY ("person_id","platform","room")
);

-- CreateTable
CREATE TABLE "job" (
    "id" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "key" TEXT,
    "lane" TEXT,
    "state" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL,
    "attempts_max" INTEGER NOT NULL,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "schedule_mark" (
    "name" TEXT NOT NULL,
    "rule_hash" TEXT NOT NULL,
    "title" JSONB NOT NULL,
    "mark_at" TIMESTAMPTZ(3) NOT NULL,
    "loaded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "schedule_mark_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "occurrence" (
    "schedule" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "reason" TEXT,
    "job_id" BIGINT,
    "fired_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "occurrence_pkey" PRIMARY KEY ("schedule","due_at")
);

-- CreateTable
CREATE TABLE "leave_request" (
    "id" SERIAL NOT NULL,
    "person_id" UUID NOT NULL,
    "root_id" INTEGER,
    "state" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "from_date" TEXT NOT NULL,
    "to_date" TEXT NOT NULL,
    "from_half" TEXT,
    "to_half" TEXT,
    "from_time" TEXT,
    "to_time" TEXT,
    "basis" TEXT NOT NULL,
    "minutes" INTEGER NOT NULL,
    "half_days" INTEGER NOT NULL,
    "days" JSONB NOT NULL,
    "provisional" BOOLEAN NOT NULL,
    "reason" TEXT,
    "policy_version" INTEGER NOT NULL,
    "approval_id" INTEGER,
    "entered_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "submitted_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "leave_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leave_segment" (
    "id" BIGSERIAL NOT NULL,
    "request_id" INTEGER NOT NULL,
    "root_id" INTEGER NOT NULL,
    "person_id" UUID NOT NULL,
    "date" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "minutes" INTEGER NOT NULL,
    "active" BOOLEAN NOT NULL,

    CONSTRAINT "leave_segment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leave_ledger" (
    "id" BIGSERIAL NOT NULL,
    "person_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "leave_year" INTEGER NOT NULL,
    "minutes" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "request_id" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_id" UUID,

    CONSTRAINT "leave_ledger_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "conversation" TEXT NOT NULL,
    "recipient" JSONB NOT NULL,
    "message" JSONB NOT NULL,
    "locale" TEXT NOT NULL,
    "accounts" JSONB NOT NULL,
    "card_id" BIGINT,
    "operation" TEXT NOT NULL,
    "quiet" BOOLEAN NOT NULL,
    "state" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "held_until" TIMESTAMPTZ(3),
    "claimed_at" TIMESTAMPTZ(3),
    "claimed_by" TEXT,
    "first_claimed_at" TIMESTAMPTZ(3),
    "first_failed_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL,
    "error_kind" TEXT,
    "last_error" TEXT,
    "sent_as" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shown_card" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "recipient_key" TEXT NOT NULL,
    "platform" TEXT NOT NULL,
    "conversation" TEXT NOT NULL,
    "recipient" JSONB NOT NULL,
    "content_hash" TEXT NOT NULL,
    "sent_as" JSONB,
    "message_id" TEXT,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "shown_card_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pace" (
    "address" TEXT NOT NULL,
    "window_from" TIMESTAMPTZ(3) NOT NULL,
    "sends" INTEGER NOT NULL,
    "blocked_till" TIMESTAMPTZ(3),

    CONSTRAINT "pace_pkey" PRIMARY KEY ("address")
);

-- CreateTable
CREATE TABLE "policy_version" (
    "number" SERIAL NOT NULL,
    "hash" TEXT NOT NULL,
    "content" JSON NOT NULL,
    "loaded_at" TIMESTAMPTZ(3) NOT NULL,
    "loaded_by" TEXT NOT NULL,

    CONSTRAINT "policy_version_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "presence_span" (
    "id" BIGSERIAL NOT NULL,
    "person_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "from_at" TIMESTAMPTZ(3) NOT NULL,
    "until_at" TIMESTAMPTZ(3) NOT NULL,
    "feature" TEXT NOT NULL,
    "reference" TEXT NOT NULL,

    CONSTRAINT "presence_span_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "approval_requester_id_state_idx" ON "approval"("requester_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "approval_step_approval_id_position_key" ON "approval_step"("approval_id", "position");

-- CreateIndex
CREATE INDEX "audit_line_subject_idx" ON "audit_line"("subject");

-- CreateIndex
CREATE UNIQUE INDEX "audit_seal_line_id_key" ON "audit_seal"("line_id");

-- CreateIndex
CREATE UNIQUE INDEX "person_staff_no_key" ON "person"("staff_no");

-- CreateIndex
CREATE INDEX "person_department_idx" ON "person"("department");

-- CreateIndex
CREATE INDEX "account_person_id_idx" ON "account"("person_id");

-- CreateIndex
CREATE INDEX "delegation_person_id_until_at_idx" ON "delegation"("person_id", "until_at");

-- CreateIndex
CREATE INDEX "inbox_state_due_at_idx" ON "inbox"("state", "due_at");

-- CreateIndex
CREATE INDEX "inbox_platform_room_message_id_idx" ON "inbox"("platform", "room", "message_id");

-- CreateIndex
CREATE UNIQUE INDEX "inbox_platform_key_key" ON "inbox"("platform", "key");

-- CreateIndex
CREATE INDEX "job_state_due_at_idx" ON "job"("state", "due_at");

-- CreateIndex
CREATE INDEX "leave_request_person_id_state_idx" ON "leave_request"("person_id", "state");

-- CreateIndex
CREATE INDEX "leave_segment_request_id_idx" ON "leave_segment"("request_id");

-- CreateIndex
CREATE INDEX "leave_segment_date_idx" ON "leave_segment"("date");

-- CreateIndex
CREATE INDEX "leave_ledger_person_id_type_leave_year_idx" ON "leave_ledger"("person_id", "type", "leave_year");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_key_key" ON "outbox"("key");

-- CreateIndex
CREATE INDEX "outbox_state_due_at_idx" ON "outbox"("state", "due_at");

-- CreateIndex
CREATE INDEX "outbox_conversation_state_id_idx" ON "outbox"("conversation", "state", "id");

-- CreateIndex
CREATE INDEX "outbox_card_id_idx" ON "outbox"("card_id");

-- CreateIndex
CREATE UNIQUE INDEX "shown_card_key_recipient_key_platform_key" ON "shown_card"("key", "recipient_key", "platform");

-- CreateIndex
CREATE INDEX "shown_card_platform_message_id_idx" ON "shown_card"("platform", "message_id");

-- CreateIndex
CREATE INDEX "presence_span_person_id_until_at_idx" ON "presence_span"("person_id", "until_at");

-- CreateIndex
CREATE INDEX "presence_span_feature_reference_idx" ON "presence_span"("feature", "reference");

-- AddForeignKey
ALTER TABLE "approval_step" ADD CONSTRAINT "approval_step_approval_id_fkey" FOREIGN KEY ("approval_id") REFERENCES "approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "leave_segment" ADD CONSTRAINT "leave_segment_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "leave_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema cannot say. The diff does not propose to delete any of it.

-- One waiting job a key: adding it again replaces it.
CREATE UNIQUE INDEX "job_key_waiting" ON "job" ("key") WHERE "state" = 'waiting';

-- The oldest waiting job of a lane is found among those that wait.
CREATE INDEX "job_lane_waiting" ON "job" ("lane", "due_at", "id") WHERE "state" = 'waiting' AND "lane" IS NOT NULL;

-- The oldest due row of a conversation is found among the open ones only.
CREATE INDEX "outbox_open" ON "outbox" ("conversation", "id") WHERE "state" IN ('held', 'waiting', 'sending');

-- Two different leaves never take the same working time of a person; a changed version may overlap its own earlier one.
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE "leave_segment" ADD CONSTRAINT "leave_segment_no_overlap"
  EXCLUDE USING gist ("person_id" WITH =, tstzrange("from_at", "until_at") WITH &&, "root_id" WITH <>) WHERE ("active");

-- What happened is never rewritten.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'BZ001';
END $$;
CREATE TRIGGER "audit_line_append_only" BEFORE UPDATE OR DELETE ON "audit_line" FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "audit_seal_append_only" BEFORE UPDATE OR DELETE ON "audit_seal" FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER "leave_ledger_append_only" BEFORE UPDATE OR DELETE ON "leave_ledger" FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
