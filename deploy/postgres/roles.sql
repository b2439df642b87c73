-- The two roles of AQAD, connected to its database as a superuser or a managed server's master user, before the first migration.
-- aqad_owner owns the tables and migrates; aqad_app reads and writes rows and owns nothing, so it cannot lift the triggers that keep
-- the record and the stock ledger unchanged. Neither has a password yet: ALTER ROLE ... PASSWORD gives it. May be run again.

DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['aqad_owner', 'aqad_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOCREATEDB NOCREATEROLE', role);
        END IF;
    END LOOP;
    -- A master user is no superuser: it may speak for the owner only as its member.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT aqad_owner TO %I', current_user);
    END IF;
    -- Nobody else connects. CREATE is for the migrations alone.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO aqad_owner, aqad_app', current_database());
    EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO aqad_owner', current_database());
    -- Bounded waits for the application, and how its statements are planned: the same that aqad/core/database.py sets where the migrating
    -- role may.
    EXECUTE format('ALTER ROLE aqad_app IN DATABASE %I SET lock_timeout = ''3s''', current_database());
    EXECUTE format('ALTER ROLE aqad_app IN DATABASE %I SET statement_timeout = ''10s''', current_database());
    EXECUTE format('ALTER ROLE aqad_app IN DATABASE %I SET idle_in_transaction_session_timeout = ''15s''', current_database());
    EXECUTE format('ALTER ROLE aqad_app IN DATABASE %I SET parallel_setup_cost = 100000', current_database());
    EXECUTE format('ALTER ROLE aqad_app IN DATABASE %I SET seq_page_cost = 0.25', current_database());
    EXECUTE format('ALTER ROLE aqad_app IN DATABASE %I SET random_page_cost = 0.25', current_database());
    EXECUTE format('ALTER ROLE aqad_app IN DATABASE %I SET plan_cache_mode = ''force_generic_plan''', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO aqad_owner;
GRANT USAGE ON SCHEMA public TO aqad_app;

-- Every table and sequence that a later migration makes is the application's to use, without another grant. No TRUNCATE, no TRIGGER.
ALTER DEFAULT PRIVILEGES FOR ROLE aqad_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO aqad_app;
ALTER DEFAULT PRIVILEGES FOR ROLE aqad_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO aqad_app;
