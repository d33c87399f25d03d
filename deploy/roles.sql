-- The two roles and the database of the service. Run once, as a superuser:
--
--     psql -X --set=ON_ERROR_STOP=1 --file=deploy/roles.sql postgres
--
-- It can be run again: what is there already stays. script/server makes its private cluster with
-- this same file. In production give each role a way to log in afterwards (`\password loft_owner`,
-- `\password loft_service`, or a certificate) and name them in LOFT_OWNER_URL and
-- LOFT_DATABASE_URL.

-- Owns the schema; used by `loft migrate`, `loft demo` and `loft client` only.
SELECT 'CREATE ROLE loft_owner'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'loft_owner') \gexec
ALTER ROLE loft_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- Serves requests. Owns nothing and cannot bypass row policies; the migrations grant it what it
-- may touch.
SELECT 'CREATE ROLE loft_service'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'loft_service') \gexec
ALTER ROLE loft_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- The C locale keeps index order independent of library versions; Norwegian order is asked for
-- where it is wanted, with COLLATE "nb-x-icu".
SELECT 'CREATE DATABASE loft OWNER loft_owner TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'loft') \gexec

-- PUBLIC would let every role of the cluster connect and make temporary tables.
REVOKE ALL ON DATABASE loft FROM PUBLIC;
GRANT CONNECT ON DATABASE loft TO loft_service;
