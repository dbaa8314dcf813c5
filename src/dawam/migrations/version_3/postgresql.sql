-- Tables of version 3 that version 2 has not, as postgresql takes them. Statements end at a line `--;`.

CREATE TABLE feed_counts (
    institution INTEGER NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (institution),
    FOREIGN KEY(institution) REFERENCES institutions (number)
)
--;
CREATE TABLE feed_hours (
    institution INTEGER NOT NULL,
    starts_at BIGINT NOT NULL,
    bookings BIGINT NOT NULL,
    PRIMARY KEY (institution, starts_at),
    CHECK (bookings > 0),
    FOREIGN KEY(institution) REFERENCES institutions (number)
)
--;
CREATE TABLE answer_minutes (
    institution VARCHAR(40) NOT NULL,
    minute BIGINT NOT NULL,
    capability VARCHAR(20) NOT NULL,
    life BIGINT NOT NULL,
    answered INTEGER NOT NULL,
    unanswered INTEGER NOT NULL,
    checked INTEGER NOT NULL,
    wrong INTEGER NOT NULL,
    PRIMARY KEY (institution, minute, capability, life),
    CONSTRAINT answer_minute_capability_known CHECK (capability IN ('balance', 'payment', 'withdrawal', 'cheque', 'statement')),
    CONSTRAINT answer_minute_whole CHECK (minute %% 60000000000 = 0),
    CONSTRAINT answer_minute_counts CHECK (unanswered >= 0 AND wrong >= 0),
    CONSTRAINT answer_minute_checks CHECK (wrong <= checked AND checked <= answered),
    CONSTRAINT answer_minute_checks_of_balances CHECK (capability = 'balance' OR checked = 0)
)
--;
CREATE TABLE outbox (
    seq BIGSERIAL NOT NULL,
    topic VARCHAR(40) NOT NULL,
    body BYTEA NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (seq)
)
--;
CREATE TABLE outbox_readers (
    name VARCHAR(40) NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (name)
)
--;
CREATE TABLE deliveries (
    key VARCHAR(160) NOT NULL,
    way VARCHAR(8) NOT NULL,
    state VARCHAR(8) NOT NULL,
    rank SMALLINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT,
    tries INTEGER NOT NULL,
    locale VARCHAR(2) NOT NULL,
    owner VARCHAR(40),
    about VARCHAR(80),
    recipient TEXT,
    link TEXT,
    text_id BYTEA,
    subject TEXT,
    body TEXT,
    html TEXT,
    code VARCHAR(60) NOT NULL,
    made_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (key),
    CONSTRAINT delivery_state CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'expired')),
    CONSTRAINT delivery_counts CHECK (rank IN (0, 1) AND tries >= 0),
    CONSTRAINT delivery_ended CHECK ((ended_at IS NULL) = (state IN ('waiting', 'sending'))),
    CONSTRAINT delivery_recipient CHECK (recipient IS NOT NULL OR ended_at IS NOT NULL)
)
--;
CREATE INDEX deliveries_due ON deliveries (state, way, rank, due_at)
--;
CREATE INDEX deliveries_ended ON deliveries (ended_at)
--;
CREATE INDEX deliveries_of ON deliveries (owner, about)
--;
CREATE TABLE delivery_texts (
    id BYTEA NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (id)
)
--;
CREATE TABLE fan_outs (
    id VARCHAR(80) NOT NULL,
    source VARCHAR(40) NOT NULL,
    subject VARCHAR(80) NOT NULL,
    about VARCHAR(80) NOT NULL,
    place VARCHAR(200) NOT NULL,
    reached BIGINT NOT NULL CHECK (reached >= 0),
    state VARCHAR(8) NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT fan_out_state CHECK (state IN ('running', 'done', 'stopped'))
)
--;
CREATE INDEX fan_outs_running ON fan_outs (state, id)
--;
CREATE TABLE people_customers (
    id VARCHAR(40) NOT NULL,
    name VARCHAR(200) NOT NULL,
    phone VARCHAR(16),
    email VARCHAR(254),
    locale VARCHAR(2) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT customer_named CHECK (length(name) > 0),
    CONSTRAINT customer_reachable CHECK (phone IS NOT NULL OR email IS NOT NULL),
    CONSTRAINT customer_locale CHECK (locale IN ('ar', 'fr', 'en')),
    UNIQUE (phone),
    UNIQUE (email)
)
--;
CREATE TABLE people_members (
    id VARCHAR(26) NOT NULL,
    name VARCHAR(100) NOT NULL,
    roles VARCHAR(200) NOT NULL,
    institutions VARCHAR(2000) NOT NULL,
    active SMALLINT NOT NULL,
    since BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT member_named CHECK (length(name) > 0),
    CONSTRAINT member_has_roles CHECK (length(roles) > 0),
    CONSTRAINT member_active CHECK (active IN (0, 1))
)
--;
CREATE TABLE people_passkeys (
    id VARCHAR(26) NOT NULL,
    credential BYTEA NOT NULL,
    kind VARCHAR(10) NOT NULL,
    person VARCHAR(40) NOT NULL,
    public_key BYTEA NOT NULL,
    count BIGINT NOT NULL,
    backed_up SMALLINT NOT NULL,
    transports VARCHAR(100) NOT NULL,
    label VARCHAR(60) NOT NULL,
    added_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT passkey_credential CHECK (length(credential) BETWEEN 1 AND 1023),
    CONSTRAINT passkey_kind CHECK (kind IN ('customer', 'staff')),
    CONSTRAINT passkey_count CHECK (count >= 0),
    CONSTRAINT passkey_backed_up CHECK (backed_up IN (0, 1)),
    UNIQUE (credential)
)
--;
CREATE INDEX people_passkeys_by_person ON people_passkeys (kind, person)
--;
CREATE TABLE people_codes (
    browser BYTEA NOT NULL,
    customer VARCHAR(40),
    hashed VARCHAR(200) NOT NULL,
    tries_left SMALLINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (browser),
    CONSTRAINT code_browser CHECK (length(browser) = 32),
    CONSTRAINT code_tries CHECK (tries_left >= 0)
)
--;
CREATE INDEX people_codes_by_expiry ON people_codes (expires_at)
--;
CREATE TABLE people_sessions (
    digest BYTEA NOT NULL,
    id VARCHAR(26) NOT NULL,
    kind VARCHAR(10) NOT NULL,
    person VARCHAR(40) NOT NULL,
    how VARCHAR(10) NOT NULL,
    began_at BIGINT NOT NULL,
    proved_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    device VARCHAR(60) NOT NULL,
    ended VARCHAR(20),
    PRIMARY KEY (digest),
    CONSTRAINT session_digest CHECK (length(digest) = 32),
    CONSTRAINT session_kind CHECK (kind IN ('customer', 'staff')),
    CONSTRAINT session_how CHECK (how IN ('passkey', 'code')),
    CONSTRAINT session_ended CHECK (ended IS NULL OR ended IN ('signed_out', 'ended_elsewhere', 'idle', 'too_long', 'dismissed', 'roles_changed', 'rotated', 'gone')),
    CONSTRAINT session_times CHECK (proved_at >= began_at AND seen_at >= began_at),
    UNIQUE (id)
)
--;
CREATE INDEX people_sessions_by_began_at ON people_sessions (began_at)
--;
CREATE INDEX people_sessions_by_person ON people_sessions (kind, person)
--;
CREATE TABLE people_trail (
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by VARCHAR(64) NOT NULL,
    act VARCHAR(64) NOT NULL,
    institution VARCHAR(64),
    subject VARCHAR(200) NOT NULL,
    reason VARCHAR(500) NOT NULL,
    details TEXT NOT NULL,
    before BYTEA NOT NULL,
    seal BYTEA NOT NULL,
    PRIMARY KEY (number),
    CONSTRAINT trail_number CHECK (number > 0),
    CONSTRAINT trail_seals CHECK (length(before) = 32 AND length(seal) = 32),
    UNIQUE (seal)
)
--;
CREATE INDEX people_trail_by_institution ON people_trail (institution, number)
--;
CREATE OR REPLACE FUNCTION people_trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'people_trail is append-only'; END $$
--;
CREATE TRIGGER people_trail_unchanged BEFORE UPDATE OR DELETE ON people_trail FOR EACH ROW EXECUTE FUNCTION people_trail_refuse()
--;
CREATE TRIGGER people_trail_kept BEFORE TRUNCATE ON people_trail FOR EACH STATEMENT EXECUTE FUNCTION people_trail_refuse()
--;
CREATE TABLE notices (
    id VARCHAR(26) NOT NULL,
    institution VARCHAR(40) NOT NULL,
    kind VARCHAR(40) NOT NULL,
    subject_id VARCHAR(40) NOT NULL,
    sequence INTEGER NOT NULL,
    capabilities VARCHAR(200) NOT NULL,
    published_at BIGINT NOT NULL,
    code VARCHAR(8) NOT NULL,
    replaces VARCHAR(26),
    signature VARCHAR(100) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT notice_sequence UNIQUE (subject_id, sequence),
    CONSTRAINT notice_sequence_counts CHECK (sequence >= 1),
    CONSTRAINT notice_code_size CHECK (length(code) = 8),
    UNIQUE (code),
    UNIQUE (replaces),
    FOREIGN KEY(replaces) REFERENCES notices (id)
)
--;
CREATE TABLE notice_keys (
    name VARCHAR(40) NOT NULL,
    secret VARCHAR(200) NOT NULL,
    PRIMARY KEY (name)
)
--;
CREATE TABLE incidents (
    id VARCHAR(26) NOT NULL,
    institution VARCHAR(40) NOT NULL,
    state VARCHAR(20) NOT NULL,
    nature VARCHAR(20) NOT NULL,
    opened_at BIGINT NOT NULL,
    window_id VARCHAR(40),
    confirmed_at BIGINT,
    restored_at BIGINT,
    closed_at BIGINT,
    reopened INTEGER NOT NULL,
    customers_affected BIGINT NOT NULL,
    customers_total BIGINT NOT NULL,
    balances_checked BIGINT,
    balances_wrong BIGINT,
    balances_until BIGINT,
    major_at BIGINT,
    impact_eur BIGINT,
    told_at BIGINT,
    told VARCHAR(300) NOT NULL,
    looked_until BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT incident_state_known CHECK (state IN ('detected', 'confirmed', 'monitoring', 'closed')),
    CONSTRAINT incident_nature_known CHECK (nature IN ('contradicted', 'unreachable', 'overrun', 'slow', 'feed_stale', 'operator')),
    CONSTRAINT incident_closed_at CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT incident_restored_at CHECK (state <> 'monitoring' OR restored_at IS NOT NULL),
    CONSTRAINT incident_balances_wrong CHECK (balances_wrong <= balances_checked),
    CONSTRAINT incident_impact CHECK (impact_eur IS NULL OR impact_eur >= 0)
)
--;
CREATE INDEX incidents_by_institution ON incidents (institution, opened_at)
--;
CREATE TABLE maintenance_windows (
    id VARCHAR(26) NOT NULL,
    institution VARCHAR(40) NOT NULL,
    state VARCHAR(12) NOT NULL,
    scope VARCHAR(300) NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    planned_ends_at BIGINT NOT NULL,
    capabilities VARCHAR(120) NOT NULL,
    goes_on VARCHAR(120) NOT NULL,
    title_ar VARCHAR(120) NOT NULL,
    body_ar TEXT NOT NULL,
    title_fr VARCHAR(120) NOT NULL,
    body_fr TEXT NOT NULL,
    title_en VARCHAR(120) NOT NULL,
    body_en TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    created_by VARCHAR(80) NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    announced_at BIGINT,
    moved_at BIGINT,
    started_at BIGINT,
    finished_at BIGINT,
    overran_at BIGINT,
    short_reason VARCHAR(400),
    short_asked_by VARCHAR(80),
    short_approved_by VARCHAR(80),
    short_approved_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT window_state_known CHECK (state IN ('planned', 'announced', 'started', 'extended', 'finished', 'cancelled')),
    CONSTRAINT window_ends_after_start CHECK (ends_at > starts_at),
    CONSTRAINT window_has_capabilities CHECK (capabilities <> ''),
    CONSTRAINT window_speaks_every_language CHECK (title_ar <> '' AND body_ar <> '' AND title_fr <> '' AND body_fr <> '' AND title_en <> '' AND body_en <> ''),
    CONSTRAINT window_sequence CHECK (sequence >= 0),
    CONSTRAINT window_second_person CHECK (short_approved_by <> short_asked_by),
    CONSTRAINT window_announced_before CHECK (state IN ('planned', 'cancelled') OR announced_at IS NOT NULL),
    CONSTRAINT window_started_before CHECK (state NOT IN ('started', 'extended', 'finished') OR started_at IS NOT NULL),
    CONSTRAINT window_finished_at CHECK (state <> 'finished' OR finished_at IS NOT NULL)
)
--;
CREATE INDEX maintenance_windows_institution ON maintenance_windows (institution, starts_at)
--;
CREATE INDEX maintenance_windows_state ON maintenance_windows (state, starts_at)
--;
CREATE TABLE status_changes (
    id BIGSERIAL NOT NULL,
    institution VARCHAR(40) NOT NULL,
    capability VARCHAR(20) NOT NULL,
    mode VARCHAR(20) NOT NULL,
    reason VARCHAR(20) NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT status_change_capability_known CHECK (capability IN ('balance', 'payment', 'withdrawal', 'cheque', 'statement')),
    CONSTRAINT status_change_mode_known CHECK (mode IN ('normal', 'standing_in', 'recovering')),
    CONSTRAINT status_change_reason_known CHECK (reason IN ('operator', 'maintenance', 'contradicted', 'unreachable', 'slow', 'feed_stale', 'healthy'))
)
--;
CREATE INDEX status_changes_by_time ON status_changes (institution, capability, at, id)
--;
CREATE TABLE status_watches (
    institution VARCHAR(40) NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (institution, since),
    CONSTRAINT status_watch_forward CHECK (until >= since)
)
--;
CREATE TABLE status_days (
    institution VARCHAR(40) NOT NULL,
    day VARCHAR(10) NOT NULL,
    capability VARCHAR(20) NOT NULL,
    primary_ms INTEGER NOT NULL,
    standby_planned_ms INTEGER NOT NULL,
    standby_ms INTEGER NOT NULL,
    unanswered_planned_ms INTEGER NOT NULL,
    unanswered_ms INTEGER NOT NULL,
    unwatched_ms INTEGER NOT NULL,
    gaps_measured INTEGER NOT NULL,
    PRIMARY KEY (institution, day, capability),
    CONSTRAINT status_day_lengths CHECK (primary_ms >= 0 AND standby_planned_ms >= 0 AND standby_ms >= 0 AND unanswered_planned_ms >= 0 AND unanswered_ms >= 0 AND unwatched_ms >= 0),
    CONSTRAINT status_day_is_a_day CHECK (primary_ms + standby_planned_ms + standby_ms + unanswered_planned_ms + unanswered_ms + unwatched_ms <= 97200000),
    CONSTRAINT status_day_gaps CHECK (gaps_measured IN (0, 1))
)
--;
CREATE TABLE status_balances (
    institution VARCHAR(40) NOT NULL,
    day VARCHAR(10) NOT NULL,
    shown BIGINT NOT NULL,
    checked BIGINT NOT NULL,
    wrong BIGINT NOT NULL,
    PRIMARY KEY (institution, day),
    CONSTRAINT status_balance_counts CHECK (0 <= wrong AND wrong <= checked AND checked <= shown)
)
--;
CREATE TABLE subscriptions (
    id VARCHAR(26) NOT NULL,
    institution VARCHAR(80) NOT NULL,
    way VARCHAR(8) NOT NULL,
    address TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    locale VARCHAR(2) NOT NULL,
    capabilities VARCHAR(200) NOT NULL,
    quiet_from INTEGER,
    quiet_until INTEGER,
    wake INTEGER NOT NULL,
    confirmed_at BIGINT NOT NULL,
    refused INTEGER NOT NULL,
    PRIMARY KEY (id),
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
    CHECK (wake IN (0, 1)),
    CHECK (quiet_from IS NULL OR quiet_from BETWEEN 0 AND 1439),
    CHECK (quiet_until IS NULL OR quiet_until BETWEEN 0 AND 1439)
)
--;
CREATE INDEX subscriptions_of ON subscriptions (institution, id)
--;
CREATE UNIQUE INDEX subscriptions_once ON subscriptions (address_hash, institution)
--;
CREATE TABLE subscription_asks (
    id VARCHAR(26) NOT NULL,
    institution VARCHAR(80) NOT NULL,
    way VARCHAR(8) NOT NULL,
    address TEXT NOT NULL,
    address_hash BYTEA NOT NULL,
    locale VARCHAR(2) NOT NULL,
    capabilities VARCHAR(200) NOT NULL,
    quiet_from INTEGER,
    quiet_until INTEGER,
    wake INTEGER NOT NULL,
    made_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    tries INTEGER NOT NULL,
    PRIMARY KEY (id),
    CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
    CHECK (wake IN (0, 1)),
    CHECK (quiet_from IS NULL OR quiet_from BETWEEN 0 AND 1439),
    CHECK (quiet_until IS NULL OR quiet_until BETWEEN 0 AND 1439)
)
--;
CREATE INDEX subscription_asks_ending ON subscription_asks (ends_at)
--;
CREATE INDEX subscription_asks_of ON subscription_asks (address_hash)
--;
CREATE TABLE subscription_refusals (
    address_hash BYTEA NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (address_hash)
)
--;
CREATE TABLE subscription_keys (
    name VARCHAR(20) NOT NULL,
    secret BYTEA NOT NULL,
    PRIMARY KEY (name)
)
--;
CREATE TABLE console_orders (
    id VARCHAR(26) NOT NULL,
    institution VARCHAR(40) NOT NULL,
    act VARCHAR(20) NOT NULL,
    capabilities VARCHAR(100) NOT NULL,
    reason VARCHAR(300) NOT NULL,
    by VARCHAR(40) NOT NULL,
    at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state VARCHAR(20) NOT NULL,
    second VARCHAR(40),
    settled_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT order_act CHECK (act IN ('take_over', 'hand_back', 'pause', 'resume')),
    CONSTRAINT order_state CHECK (state IN ('waiting', 'done', 'refused', 'withdrawn', 'expired')),
    CONSTRAINT order_two_people CHECK (second IS NULL OR second <> "by")
)
--;
CREATE INDEX console_orders_by_state ON console_orders (state, id)
--;
CREATE TABLE portal_sends (
    id VARCHAR(26) NOT NULL,
    customer VARCHAR(40) NOT NULL,
    institution VARCHAR(64) NOT NULL,
    account VARCHAR(64) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    payee_account VARCHAR(64) NOT NULL,
    payee_name VARCHAR(200) NOT NULL,
    name_check VARCHAR(10) NOT NULL,
    made_at BIGINT NOT NULL,
    version INTEGER NOT NULL,
    amount_minor BIGINT,
    confirmed_at BIGINT,
    payment_id VARCHAR(26),
    PRIMARY KEY (id),
    CONSTRAINT send_check CHECK (name_check IN ('match', 'close', 'no_match', 'own', 'elsewhere')),
    CONSTRAINT send_two_accounts CHECK (account <> payee_account),
    CONSTRAINT send_amount CHECK (amount_minor IS NULL OR amount_minor > 0),
    CONSTRAINT send_confirmed CHECK (confirmed_at IS NULL OR amount_minor IS NOT NULL),
    CONSTRAINT send_paid CHECK (payment_id IS NULL OR confirmed_at IS NOT NULL)
)
--;
CREATE INDEX portal_sends_by_customer ON portal_sends (customer, id)
--;
CREATE TABLE portal_cash_outs (
    id VARCHAR(26) NOT NULL,
    customer VARCHAR(40) NOT NULL,
    institution VARCHAR(64) NOT NULL,
    account VARCHAR(64) NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency VARCHAR(3) NOT NULL,
    digest BYTEA,
    turn SMALLINT NOT NULL,
    tries_left SMALLINT NOT NULL,
    made_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state VARCHAR(10) NOT NULL,
    agent_account VARCHAR(64),
    used_at BIGINT,
    payment_id VARCHAR(26),
    PRIMARY KEY (id),
    CONSTRAINT cash_outs_one_a_code UNIQUE (digest),
    CONSTRAINT cash_out_amount CHECK (amount_minor > 0),
    CONSTRAINT cash_out_tries CHECK (tries_left >= 0),
    CONSTRAINT cash_out_lasts CHECK (expires_at > made_at),
    CONSTRAINT cash_out_state CHECK (state IN ('open', 'used', 'cancelled', 'ended', 'expired')),
    CONSTRAINT cash_out_digest CHECK (digest IS NULL OR length(digest) = 32),
    CONSTRAINT cash_out_open CHECK (state <> 'open' OR digest IS NOT NULL),
    CONSTRAINT cash_out_used CHECK ((state = 'used') = (agent_account IS NOT NULL)),
    CONSTRAINT cash_out_used_at CHECK ((state = 'used') = (used_at IS NOT NULL)),
    CONSTRAINT cash_out_paid CHECK (payment_id IS NULL OR state = 'used')
)
--;
CREATE INDEX portal_cash_outs_by_customer ON portal_cash_outs (customer, id)
--;
CREATE INDEX portal_cash_outs_by_expiry ON portal_cash_outs (expires_at)
--;
CREATE TABLE portal_complaints (
    id VARCHAR(26) NOT NULL,
    customer VARCHAR(40) NOT NULL,
    filed_at BIGINT NOT NULL,
    kind VARCHAR(10) NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT complaint_kind CHECK (kind IN ('balance', 'payment', 'cash', 'cheque', 'outage', 'other'))
)
--;
CREATE INDEX portal_complaints_by_customer ON portal_complaints (customer, id)
--;
CREATE TABLE people_holdings (
    institution VARCHAR(64) NOT NULL,
    account VARCHAR(64) NOT NULL,
    customer VARCHAR(40) NOT NULL,
    place INTEGER NOT NULL,
    label VARCHAR(100) NOT NULL,
    PRIMARY KEY (institution, account),
    FOREIGN KEY(customer) REFERENCES people_customers (id)
)
--;
CREATE INDEX people_holdings_by_customer ON people_holdings (customer, place)
--;
CREATE TABLE people_invitations (
    digest BYTEA NOT NULL,
    member VARCHAR(26) NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (digest),
    CONSTRAINT invitation_digest CHECK (length(digest) = 32),
    FOREIGN KEY(member) REFERENCES people_members (id)
)
--;
CREATE INDEX people_invitations_by_member ON people_invitations (member)
--;
CREATE TABLE notice_texts (
    notice_id VARCHAR(26) NOT NULL,
    locale VARCHAR(2) NOT NULL,
    title VARCHAR(200) NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (notice_id, locale),
    CONSTRAINT notice_locale_known CHECK (locale IN ('ar', 'fr', 'en')),
    CONSTRAINT notice_text_said CHECK (length(title) > 0 AND length(body) > 0),
    FOREIGN KEY(notice_id) REFERENCES notices (id)
)
--;
CREATE TABLE notice_withdrawals (
    notice_id VARCHAR(26) NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (notice_id),
    FOREIGN KEY(notice_id) REFERENCES notices (id)
)
--;
CREATE TABLE incident_conditions (
    incident_id VARCHAR(26) NOT NULL,
    capability VARCHAR(20) NOT NULL,
    place INTEGER NOT NULL,
    mode VARCHAR(20) NOT NULL,
    reason VARCHAR(20) NOT NULL,
    share_percent INTEGER NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (incident_id, capability),
    CONSTRAINT incident_share_percent CHECK (share_percent BETWEEN 0 AND 100),
    FOREIGN KEY(incident_id) REFERENCES incidents (id)
)
--;
CREATE TABLE incident_entries (
    incident_id VARCHAR(26) NOT NULL,
    number INTEGER NOT NULL,
    at BIGINT NOT NULL,
    kind VARCHAR(20) NOT NULL,
    capability VARCHAR(20) NOT NULL,
    mode VARCHAR(20) NOT NULL,
    reason VARCHAR(20) NOT NULL,
    share_percent INTEGER NOT NULL,
    words VARCHAR(500) NOT NULL,
    by VARCHAR(40) NOT NULL,
    once VARCHAR(40),
    PRIMARY KEY (incident_id, number),
    CONSTRAINT incident_entry_kind_known CHECK (kind IN ('opened', 'mode', 'overran', 'reopened', 'restored', 'confirmed', 'updated', 'notice', 'eta', 'major', 'impact', 'reported', 'closed')),
    FOREIGN KEY(incident_id) REFERENCES incidents (id),
    UNIQUE (once)
)
--;
CREATE TABLE incident_etas (
    incident_id VARCHAR(26) NOT NULL,
    revision INTEGER NOT NULL,
    eta BIGINT,
    said_at BIGINT NOT NULL,
    by VARCHAR(40) NOT NULL,
    PRIMARY KEY (incident_id, revision),
    CONSTRAINT incident_eta_ahead CHECK (eta IS NULL OR eta > said_at),
    FOREIGN KEY(incident_id) REFERENCES incidents (id)
)
--;
CREATE TABLE incident_findings (
    incident_id VARCHAR(26) NOT NULL,
    locale VARCHAR(2) NOT NULL,
    cause TEXT NOT NULL,
    measures TEXT NOT NULL,
    PRIMARY KEY (incident_id, locale),
    CONSTRAINT incident_finding_locale_known CHECK (locale IN ('ar', 'fr', 'en')),
    FOREIGN KEY(incident_id) REFERENCES incidents (id)
)
--;
CREATE TABLE incident_affected (
    incident_id VARCHAR(26) NOT NULL,
    account VARCHAR(64) NOT NULL,
    why VARCHAR(20) NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (incident_id, account),
    FOREIGN KEY(incident_id) REFERENCES incidents (id)
)
--;
CREATE TABLE window_changes (
    id VARCHAR(26) NOT NULL,
    window_id VARCHAR(26) NOT NULL,
    act VARCHAR(16) NOT NULL,
    at BIGINT NOT NULL,
    by VARCHAR(80) NOT NULL,
    reason VARCHAR(400) NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    old_starts_at BIGINT,
    old_ends_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT window_change_times CHECK (ends_at > starts_at AND old_ends_at > old_starts_at),
    CONSTRAINT window_moved_from CHECK ((act = 'moved') = (old_starts_at IS NOT NULL) AND (old_starts_at IS NULL) = (old_ends_at IS NULL)),
    CONSTRAINT window_act_known CHECK (act IN ('planned', 'reworded', 'approved', 'announced', 'reminded', 'started', 'extended', 'move_asked', 'move_dropped', 'moved', 'overran', 'finished', 'finished_early', 'cancelled', 'lapsed')),
    FOREIGN KEY(window_id) REFERENCES maintenance_windows (id)
)
--;
CREATE INDEX window_changes_window ON window_changes (window_id, id)
--;
CREATE TABLE window_reminders (
    window_id VARCHAR(26) NOT NULL,
    before_s INTEGER NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (window_id, before_s),
    CONSTRAINT window_reminder_before CHECK (before_s > 0),
    FOREIGN KEY(window_id) REFERENCES maintenance_windows (id)
)
--;
CREATE TABLE window_moves (
    window_id VARCHAR(26) NOT NULL,
    id VARCHAR(26) NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    title_ar VARCHAR(120) NOT NULL,
    body_ar TEXT NOT NULL,
    title_fr VARCHAR(120) NOT NULL,
    body_fr TEXT NOT NULL,
    title_en VARCHAR(120) NOT NULL,
    body_en TEXT NOT NULL,
    reason VARCHAR(400) NOT NULL,
    asked_by VARCHAR(80) NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (window_id),
    CONSTRAINT window_move_ends_after_start CHECK (ends_at > starts_at),
    CONSTRAINT window_move_speaks_every_language CHECK (title_ar <> '' AND body_ar <> '' AND title_fr <> '' AND body_fr <> '' AND title_en <> '' AND body_en <> ''),
    FOREIGN KEY(window_id) REFERENCES maintenance_windows (id)
)
