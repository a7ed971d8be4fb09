-- MySQL dump 10.13
CREATE TABLE `orders` (`id` int, `total` decimal(10,2), `placed_at` datetime);
INSERT INTO `orders` VALUES (1,12.50,'2024-01-02 03:04:05');
CREATE TABLE `fruit` (`id` int, `sort` varchar(20));
INSERT INTO `fruit` VALUES (1,'Elstar');
