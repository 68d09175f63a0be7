CREATE VIEW balances AS
SELECT currency, sum(balance) AS total
FROM accounts
GROUP BY currency;
