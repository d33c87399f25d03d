import time, threading, uuid
from test_recovery import *
def test_x(own_service):
    cluster, database, api = own_service
    with database.connect() as owner:
        build = Build(owner); course = build.course(capacity=10)
    api.contract
    log=[]
    stop=threading.Event()
    def run(i):
        while not stop.is_set():
            t=time.time()
            try:
                [a]=seats.at_once([(api,"POST",REGISTRATIONS,build.registration_body(course),{})])
                log.append((round(t-t0,2),round(time.time()-t,3),i,a.status,a.headers.get("Retry-After"),a.json().get("code")))
            except Exception as e: log.append((round(t-t0,2),round(time.time()-t,3),i,repr(e)))
            time.sleep(0.02)
    t0=time.time()
    ths=[threading.Thread(target=run,args=[i]) for i in range(4)]
    for t in ths: t.start()
    time.sleep(2); log.append(("stop",time.time()-t0)); cluster.stop("immediate"); log.append(("stopped",time.time()-t0))
    time.sleep(3); log.append(("start",time.time()-t0));cluster.start(); log.append(("started",time.time()-t0))
    time.sleep(15); stop.set(); [t.join() for t in ths]
    last=None
    for l in log:
        key=l[3:] if len(l)>3 else l
        if key!=last: print(l)
        last=key
    print(log[-3:])
    print(api.server.log_text()[-100:])
    for line in api.server.log_text().splitlines():
        if '"level"' in line: print(line[:300])
