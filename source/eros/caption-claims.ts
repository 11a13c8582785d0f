// Keeps the pages of one run out of each other's captions before any of them locks. Other runs are met by the lock.

export type CaptionClaims = {
	/** Those of the captions that another page of the run has claimed. */
	readonly takenFrom: (page: string, captionIds: readonly string[]) => readonly string[];
	/** Claims captions for a page; an earlier claim of the page is given up. */
	readonly claim: (page: string, captionIds: readonly string[]) => void;
	readonly release: (page: string) => void;
};

/** Claims of one run, in memory. */
export const createCaptionClaims = (): CaptionClaims => {
	const owners = new Map<string, string>();
	const release = (page: string): void => {
		for (const [id, owner] of owners) {
			if (owner === page) {
				owners.delete(id);
			}
		}
	};

	return {
		takenFrom: (page, captionIds) => captionIds.filter(id => (owners.get(id) ?? page) !== page),
		claim(page, captionIds) {
			release(page);
			for (const id of captionIds) {
				owners.set(id, page);
			}
		},
		release,
	};
};
