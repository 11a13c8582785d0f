// Where the deployment document contradicts itself or BigQuery, and the rule that is applied instead. Read before a window.

export type Contradiction = {readonly topic: string; readonly document: string; readonly rule: string};

export const contradictions: readonly Contradiction[] = [
	{topic: 'Backup', document: 'lane A changes production at T+15, the backup comes in phase 5', rule: 'restore point before any change; lanes work in staging, phase 5 promotes'},
	{topic: 'DROP', document: 'no DROP, yet a partial rollback drops a procedure', rule: 'a rollback puts the former definition back; what is new stays and is listed'},
	{topic: 'Locks', document: 'a rollback deletes all caption locks', rule: 'locks end by UPDATE with a reason; nothing is deleted'},
	{topic: 'Test #1', document: 'asks for recommended_volume, shows recommended_ppv and _bump', rule: 'the report holds all three'},
	{topic: 'Test #4', document: 'writes a file of its own and never calls the exporter', rule: 'the real exporter runs, and its file is read back'},
	{topic: 'Test #5', document: 'AT TIME ZONE on a value, which BigQuery does not know', rule: 'DATETIME(instant, zone), at both edges of daylight saving'},
	{topic: 'Lane B', document: 'compile and graph print steps and check literals of their own', rule: 'the compiler runs; the graph is read from the code'},
	{topic: 'Cost', document: 'over 2x expected rolls back ($20), below the alert at $50', rule: 'expected $10; $20 asks, $50 pages, $100 in 24 h is a red flag'},
	{topic: 'Price', document: '$5.12 a TiB, parents and children of scripts both counted', rule: '$6.25 a TiB unless set otherwise; children only'},
	{topic: 'Health', document: '20 points for nothing; 80 to 90 is undefined', rule: 'five measured parts; from 90 healthy, 80 watch, 70 alert, below roll back'},
	{topic: 'Schedules', document: '2 AM Pacific, in a service that knows UTC only', rule: 'two configs a day; the body acts in business hour 2 or 3, once a day'},
	{topic: 'Overlap', document: 'daily, hourly and six-hourly all fire on the full hour', rule: 'they fire at :07, :17 and :37'},
	{topic: 'Repeats', document: 'idempotent, yet each run adds the same week again', rule: 'counts are replaced, never added; called twice and compared'},
	{topic: 'Script', document: 'the deployment script leaves out the view and the analyzer', rule: 'it is generated from this plan, in dependency order'},
	{topic: 'Summary', document: 'ticked before any test ran', rule: 'written from recorded results; refused while one is unknown'},
];
