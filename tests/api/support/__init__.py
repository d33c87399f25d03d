"""What the API tests share. conftest.py beside this directory hands it out as fixtures.

run      one pytest run: its directory, the binary under test, the lock between xdist workers
cluster  a private PostgreSQL, databases in it, connections past the service
server   the service as a process
tokens   tokens of the demo principals, and tokens made by hand
contract every exchange held against the contract, and a record of what was drawn
client   an HTTP client that does so
wire     requests written byte by byte
waiting  for what happens elsewhere
build    courses, people and registrations put into the database by its owner
seats    what must hold of seats and the waiting list; requests that are under way together
statements  the service's own SQL, led as the service leads it
"""
